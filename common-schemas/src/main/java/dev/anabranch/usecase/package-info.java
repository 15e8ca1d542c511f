/**
 * How a use case makes itself known to the engines: its events and its views, found on the class path. Engines ask here
 * and never by name.
 */
package dev.anabranch.usecase;
