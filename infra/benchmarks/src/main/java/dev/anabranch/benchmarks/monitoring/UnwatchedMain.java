package dev.anabranch.benchmarks.monitoring;

import dev.anabranch.speed.SpeedMain;
import dev.anabranch.speed.SpeedPath;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;

/** The speed layer, which finds {@link UnwatchedPath} where it looks for paths, and no other. */
public final class UnwatchedMain {
    private static final String PATHS = "META-INF/services/" + SpeedPath.class.getName();

    private UnwatchedMain() {}

    public static void main(String[] args) {
        Thread.currentThread().setContextClassLoader(new ClassLoader(UnwatchedMain.class.getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals(PATHS)
                        ? Collections.enumeration(Collections.singleton(UnwatchedMain.class.getResource("paths")))
                        : super.getResources(name);
            }
        });
        SpeedMain.main(args);
    }
}
