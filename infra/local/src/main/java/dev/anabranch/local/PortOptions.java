package dev.anabranch.local;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the processes listen. */
public final class PortOptions {
    @Option(names = "--port-broker", paramLabel = "PORT", description = "Kafka (default: 19092)")
    private Integer broker;

    @Option(names = "--port-controller", paramLabel = "PORT", description = "the broker's controller (default: 19093)")
    private Integer controller;

    @Option(names = "--port-serving", paramLabel = "PORT", description = "the REST API (default: 8080)")
    private Integer serving;

    @Option(names = "--port-archiver", paramLabel = "PORT", description = "its health and metrics (default: 18081)")
    private Integer archiver;

    @Option(names = "--port-speed", paramLabel = "PORT", description = "its health and metrics (default: 18082)")
    private Integer speed;

    @Option(names = "--port-scheduler", paramLabel = "PORT", description = "its health and metrics (default: 18083)")
    private Integer scheduler;

    @Option(names = "--port-offset", paramLabel = "N", description = "added to every port not named by itself")
    private int offset;

    /** What the options say, and the settings where they say nothing. */
    public Ports over(LocalConfig.PortConfig settings) {
        return new Ports(
                choose(broker, settings.broker()),
                choose(controller, settings.controller()),
                choose(serving, settings.serving()),
                choose(archiver, settings.archiver()),
                choose(speed, settings.speed()),
                choose(scheduler, settings.scheduler()));
    }

    private int choose(Integer option, int setting) {
        return Optional.ofNullable(option).orElse(setting + offset);
    }
}
