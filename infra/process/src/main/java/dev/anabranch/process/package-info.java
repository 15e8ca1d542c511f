/**
 * What every process of ours that is not a Quarkus application has: settings read and checked before anything starts,
 * and an address where it says whether it is ready and what it has done. It must not know what the process does.
 */
package dev.anabranch.process;
