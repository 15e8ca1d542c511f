/** What the platform takes before anybody has asked it for anything: time, CPU and memory until it is ready, and while it waits. */
package dev.anabranch.benchmarks.startup;
