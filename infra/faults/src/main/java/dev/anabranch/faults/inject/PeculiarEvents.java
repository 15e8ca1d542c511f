package dev.anabranch.faults.inject;

import dev.anabranch.faults.load.Load;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

/** Events that are not as they should be, or not where they should be. */
final class PeculiarEvents {
    private static final int MANY = 300;

    private PeculiarEvents() {}

    /** What to do to the load. */
    private interface Sending {
        void send(Load load);
    }

    private static Fault once(Sending sending) {
        return new Fault() {
            @Override
            public void inject(Scene scene) {
                sending.send(scene.load());
            }

            @Override
            public Recovery heal(Scene scene) {
                return scene.signs().viewsFollow();
            }
        };
    }

    /** As many events of a shape as make a difference. */
    static Fault shaped(Load.Shape shape, Random random) {
        return once(load -> load.send(MANY, shape, random));
    }

    /** Events sent before, sent again. */
    static Fault repeated(Random random) {
        return once(load -> load.repeat(MANY, random));
    }

    /** Records that are no events: nothing, rubbish, an event cut short, an event under another's key. */
    static Fault poison(Random random) {
        return once(load -> {
            for (int i = 0; i < MANY / 10; i++) {
                byte[] rubbish = new byte[1 + random.nextInt(200)];
                random.nextBytes(rubbish);
                load.poison("c-1".getBytes(StandardCharsets.UTF_8), rubbish, null);
                load.poison(null, null, random.nextInt(2));
                load.poison(
                        "c-2".getBytes(StandardCharsets.UTF_8), "{\"a\": 1}".getBytes(StandardCharsets.UTF_8), null);
                load.cutShort(random);
                load.underAnotherKey(random);
            }
        });
    }

    /** The producers' clocks jump, back or ahead, within what is taken, and later jump back. */
    static Fault clockStep(Random random) {
        long ahead = Duration.ofMinutes(4).toMillis();
        long step = random.nextBoolean()
                ? ahead
                : -Duration.ofHours(1 + random.nextInt(48)).toMillis();
        return new Fault() {
            @Override
            public void inject(Scene scene) {
                scene.load().clocksAreWrongBy(step);
            }

            @Override
            public Recovery heal(Scene scene) {
                scene.load().clocksAreWrongBy(0);
                return scene.signs().viewsFollow();
            }
        };
    }
}
