package dev.anabranch.local;

import dev.anabranch.process.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real broker with all topics, as a process of its own, for the tests of one class. */
public final class RunningBroker implements BeforeAllCallback, AfterAllCallback {
    /** The repository, two above the module that the tests run in. */
    static final Distribution DISTRIBUTION = new Distribution(Path.of("..", ".."));

    private static final int PARTITIONS = 4;

    private final LocalConfig config = Settings.read(LocalConfig.class);
    private Platform platform;
    private Ports ports;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Home home = new Home(
                Path.of("target", "broker-" + context.getRequiredTestClass().getSimpleName()));
        home.wipe();
        ports = freePorts();
        Service broker = new Services(DISTRIBUTION, home, ports, PARTITIONS, config.heap(), true).broker();
        platform = new Platform(
                home, List.of(broker), TopicSpec.all(PARTITIONS), config, new PrintWriter(new StringWriter()));
        platform.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        platform.stopAll();
    }

    public String bootstrapServers() {
        return ports.bootstrapServers();
    }

    static Ports freePorts() throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                open.add(new ServerSocket(0, 1, InetAddress.getByName(Ports.HOST)));
            }
            int[] each = open.stream().mapToInt(ServerSocket::getLocalPort).toArray();
            return new Ports(each[0], each[1], each[2], each[3], each[4], each[5]);
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }
}
