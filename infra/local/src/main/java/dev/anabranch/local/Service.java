package dev.anabranch.local;

import java.util.List;

/**
 * One process of the platform, and how it is started.
 *
 * @param name      what it is called in messages, logs and options
 * @param ports     the ports it binds, by use
 * @param address   where a person may look
 * @param command   the JVM and its arguments
 * @param readiness whether it can do its work
 */
public record Service(String name, List<String> ports, String address, List<String> command, Readiness readiness) {}
