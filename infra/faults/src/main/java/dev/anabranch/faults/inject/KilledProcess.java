package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Processes ended with SIGKILL, or with SIGTERM, and started again; on an empty disk if it is to be. */
final class KilledProcess implements Fault {
    private final List<String> names;
    private final boolean asked;
    private final boolean wiped;

    private KilledProcess(List<String> names, boolean asked, boolean wiped) {
        this.names = names;
        this.asked = asked;
        this.wiped = wiped;
    }

    static Fault of(String name) {
        return new KilledProcess(List.of(name), false, false);
    }

    /** Told to end, as an operator does it. */
    static Fault restarted(String name) {
        return new KilledProcess(List.of(name), true, false);
    }

    /** The speed layer comes back with nothing of what it kept on its disk. */
    static Fault speedWithEmptyDisk() {
        return new KilledProcess(List.of(Services.SPEED), false, true);
    }

    /** All of them, in an order drawn; the broker is started first again. */
    static Fault all(List<String> names, Random random) {
        List<String> order = new ArrayList<>(names);
        Collections.shuffle(order, random);
        return new KilledProcess(order, false, false);
    }

    @Override
    public void inject(Scene scene) throws IOException {
        for (String name : names) {
            if (scene.site().processes().running(name).isEmpty()) {
                if (name.equals(Site.BATCH)) {
                    continue; // none is under way
                }
                throw new CouldNotInjectException("The " + name + " does not run");
            }
            if (asked) {
                scene.site().processes().stop(name);
            } else {
                scene.site().processes().kill(name);
            }
        }
        if (wiped) {
            wipe(scene.site().home().state().resolve("speed"));
        }
    }

    private static void wipe(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            throw new CouldNotInjectException("There is nothing in " + directory + " to be lost");
        }
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Override
    public Recovery heal(Scene scene) {
        List<String> order = new ArrayList<>(names);
        order.remove(Site.BATCH); // the next run is the one that makes good
        if (order.remove(Services.BROKER)) {
            order.add(0, Services.BROKER);
        }
        order.forEach(scene.site().processes()::start);
        return Signs.all(order.stream().map(scene.signs()::of).toArray(Recovery[]::new));
    }
}
