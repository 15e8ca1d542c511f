package dev.anabranch.faults.inject;

import dev.anabranch.faults.load.Ledger;
import dev.anabranch.local.Launch;
import dev.anabranch.local.Services;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One bit flipped in a segment of the log, in a part that the archiver has yet to read. It must stop there, loudly, and go
 * on once the segment is as it was.
 */
final class FlippedSegment implements Fault {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    /** What a batch of records begins with: base offset 8, length 4, leader epoch 4, magic 1, CRC 4, attributes 2, ... */
    private static final int LAST_OFFSET_DELTA_AT = 23;

    private static final int HEADER_BYTES = 61;
    private static final int LENGTH_COUNTS_FROM = 12;

    private final Random random;
    private Flip flip;

    FlippedSegment(Random random) {
        this.random = random;
    }

    @Override
    public void inject(Scene scene) throws Exception {
        scene.site().processes().kill(Services.ARCHIVER);
        long killed = System.nanoTime();
        await("an event is acknowledged", () -> scene.ledger().newest().atNanos() > killed);
        Ledger.Acknowledged event = scene.ledger().newest();
        Recovery past = scene.signs().shows(event);
        await("all but the archiver have read past it", () -> past.missing().isEmpty());
        scene.verification().readLog();
        flip = in(directory(scene, event.partition()), event.offset());
        flip.apply();
        Process archiver = scene.site().processes().start(scene.site().service(Services.ARCHIVER));
        Path log = scene.site().home().log(Services.ARCHIVER);
        try {
            await("the archiver stops", () -> !archiver.isAlive() || saidSo(log));
        } catch (CouldNotInjectException e) {
            scene.violated("A bit was flipped in " + flip.file() + " at " + flip.at() + " (" + event
                    + "), and the archiver did not say so:\n" + Launch.tail(log));
        }
    }

    private static boolean saidSo(Path log) {
        try {
            String said = Files.readString(log);
            return said.contains("is invalid") || said.contains("corrupt") || said.contains("CRC");
        } catch (IOException e) {
            throw new CouldNotInjectException("The archiver's log cannot be read", e);
        }
    }

    private static void await(String what, BooleanSupplier done) throws InterruptedException {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new CouldNotInjectException("Waited " + WITHIN.toSeconds() + " s in vain until " + what);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static Path directory(Scene scene, int partition) {
        return scene.site()
                .home()
                .broker()
                .resolve("log")
                .resolve(scene.traffic().type().topic() + "-" + partition);
    }

    /** A bit among the records of the batch that holds {@code offset}. */
    private Flip in(Path directory, long offset) throws IOException {
        Path segment = segment(directory, offset);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "r")) {
            long at = 0;
            while (at + HEADER_BYTES < file.length()) {
                file.seek(at);
                long base = file.readLong();
                int length = file.readInt();
                file.seek(at + LAST_OFFSET_DELTA_AT);
                long last = base + file.readInt();
                if (base <= offset && offset <= last) {
                    int records = length + LENGTH_COUNTS_FROM - HEADER_BYTES;
                    return new Flip(segment, at + HEADER_BYTES + random.nextInt(records), random.nextInt(8));
                }
                at += LENGTH_COUNTS_FROM + length;
            }
        }
        throw new CouldNotInjectException("Offset " + offset + " is not in " + segment);
    }

    private static Path segment(Path directory, long offset) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .filter(file -> base(file) <= offset)
                    .max(Comparator.comparingLong(FlippedSegment::base))
                    .orElseThrow(() -> new CouldNotInjectException("No segment in " + directory + " holds " + offset));
        }
    }

    private static long base(Path segment) {
        return Long.parseLong(segment.getFileName().toString().replace(".log", ""));
    }

    @Override
    public Recovery heal(Scene scene) throws IOException {
        if (flip != null) {
            flip.apply();
        }
        if (scene.site().processes().running(Services.ARCHIVER).isPresent()) {
            scene.site().processes().kill(Services.ARCHIVER);
        }
        scene.site().processes().start(Services.ARCHIVER);
        return scene.signs().archives();
    }
}
