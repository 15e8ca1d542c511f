/**
 * What goes wrong: each fault says how it is injected, how it ends and how one sees that the platform has recovered. Whether
 * answers are right meanwhile is not its business, unless the fault is one that must be noticed.
 */
package dev.anabranch.faults.inject;
