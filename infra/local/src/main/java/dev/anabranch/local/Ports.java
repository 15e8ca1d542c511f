package dev.anabranch.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The ports of one platform, all on 127.0.0.1.
 *
 * @param broker     Kafka
 * @param controller the broker's own controller
 * @param serving    the REST API
 * @param archiver   health and metrics
 * @param speed      health and metrics
 * @param scheduler  health and metrics
 */
public record Ports(int broker, int controller, int serving, int archiver, int speed, int scheduler) {
    public static final String HOST = "127.0.0.1";

    public Ports {
        Map<String, Integer> uses = byUse(broker, controller, serving, archiver, speed, scheduler);
        uses.forEach((use, port) -> {
            if (port < 1 || port > 65_535) {
                throw new Problem("The port of " + use + " must be between 1 and 65535, got " + port);
            }
        });
        uses.entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toList())))
                .forEach((port, sharing) -> {
                    if (sharing.size() > 1) {
                        throw new Problem("Every process must have a port of its own, got " + port + " for " + sharing);
                    }
                });
    }

    /** Each port by what it is for, as options and settings call it. */
    public Map<String, Integer> byUse() {
        return byUse(broker, controller, serving, archiver, speed, scheduler);
    }

    private static Map<String, Integer> byUse(
            int broker, int controller, int serving, int archiver, int speed, int scheduler) {
        Map<String, Integer> uses = new LinkedHashMap<>();
        uses.put("broker", broker);
        uses.put("controller", controller);
        uses.put("serving", serving);
        uses.put("archiver", archiver);
        uses.put("speed", speed);
        uses.put("scheduler", scheduler);
        return uses;
    }

    public String bootstrapServers() {
        return HOST + ":" + broker;
    }

    /** @throws Problem naming every port of {@code uses} that another process listens on, and how to choose another */
    public void requireFree(List<String> uses) {
        List<String> taken = new ArrayList<>();
        byUse().forEach((use, port) -> {
            if (uses.contains(use) && !isFree(port)) {
                taken.add("Port " + port + " for the " + use + " is in use by another process: stop that, or choose "
                        + "another with --port-" + use + " (all at once: --port-offset 1000)");
            }
        });
        if (!taken.isEmpty()) {
            throw new Problem(String.join("\n", taken));
        }
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections of a process that has just ended do not keep a port
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
