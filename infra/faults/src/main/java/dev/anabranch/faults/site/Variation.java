package dev.anabranch.faults.site;

import dev.anabranch.local.Readiness;
import dev.anabranch.local.Service;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of the platform started in another way than usual. */
final class Variation {
    private static final List<String> KEEPING_CLASSES = List.of("-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=");

    private Variation() {}

    /** The command of a JVM with further system properties; they count where it has others of the same name. */
    static List<String> with(List<String> command, List<String> settings) {
        List<String> varied = new ArrayList<>(command);
        varied.addAll(mainAt(command), settings);
        return varied;
    }

    /**
     * The command of a JVM that finds {@code first} before all else on its class path. Classes kept for the next start belong
     * to another class path, and a JVM that finds a folder on its own cannot keep any: it would end with an error.
     */
    static List<String> onClassPath(List<String> command, Path first) {
        List<String> varied = new ArrayList<>(command);
        int at = command.indexOf("-cp") + 1;
        if (at == 0) {
            throw new IllegalArgumentException("A command must have a class path, got " + command);
        }
        varied.set(at, first + File.pathSeparator + command.get(at));
        varied.removeIf(argument -> KEEPING_CLASSES.stream().anyMatch(argument::startsWith));
        return varied;
    }

    static Service with(Service service, List<String> settings) {
        return withCommand(service, with(service.command(), settings));
    }

    static Service onClassPath(Service service, Path first) {
        return withCommand(service, onClassPath(service.command(), first));
    }

    /** Another process of the same kind, at another address. */
    static Service twin(Service service, String name, URI address, String readyPath, List<String> settings) {
        return new Service(
                name,
                List.of(),
                address.toString(),
                with(service.command(), settings),
                Readiness.http(address.resolve(readyPath)));
    }

    private static Service withCommand(Service service, List<String> command) {
        return new Service(service.name(), service.ports(), service.address(), command, service.readiness());
    }

    private static int mainAt(List<String> command) {
        int classPath = command.indexOf("-cp");
        int at = classPath >= 0 ? classPath : command.indexOf("-jar");
        if (at < 0) {
            throw new IllegalArgumentException("A command must have -cp or -jar, got " + command);
        }
        return at;
    }
}
