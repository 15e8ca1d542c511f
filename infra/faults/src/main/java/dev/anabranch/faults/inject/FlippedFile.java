package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Launch;
import dev.anabranch.local.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * One bit of a file of the archive flipped. Who reads it must say so and stop; once the file is as it was, reading must
 * succeed.
 */
final class FlippedFile implements Fault {
    private static final String READER = "flipped-reader";

    /** Which file. */
    enum Part {
        /** Rows of an event table. */
        ROWS,
        /** What says which rows there are. */
        METADATA
    }

    private final Part part;
    private final Random random;
    private Flip flip;
    private AutoCloseable held;

    FlippedFile(Part part, Random random) {
        this.part = part;
        this.random = random;
    }

    @Override
    public void inject(Scene scene) throws Exception {
        held = scene.batchRuns().hold();
        if (part == Part.METADATA) {
            scene.site().processes().kill(Services.ARCHIVER); // it would write the next metadata beside the damaged one
        }
        Path file = part == Part.ROWS ? rows(scene) : metadata(scene);
        long size = Files.size(file);
        flip = new Flip(file, 4 + (long) (random.nextDouble() * (size * 8 / 10 - 4)), random.nextInt(8));
        flip.apply();
        Process reader = read(scene);
        String log = Files.readString(scene.site().home().log(READER));
        if (reader.exitValue() == 0) {
            scene.violated("Bit " + flip.bit() + " of byte " + flip.at() + " of " + file
                    + " was flipped, and the archive was read without a word");
        } else if (!log.contains(file.getFileName().toString())) {
            scene.note("A flipped bit in " + file + " stopped who read it, who did not name the file:\n"
                    + Launch.tail(scene.site().home().log(READER)));
        }
    }

    /** Reads everything that is archived, one way or the other. */
    private Process read(Scene scene) throws InterruptedException {
        Site site = scene.site();
        String useCase = scene.traffic().useCase();
        Path report = site.home().state().resolve("audit-flipped.json");
        List<String> arguments = List.of("audit", useCase, report.toString());
        return site.platform().runToEnd(site.batch(arguments, List.of("-Xmx512m")), READER);
    }

    private Path rows(Scene scene) throws IOException {
        List<Path> files = find(scene, "events", ".parquet");
        return files.get(random.nextInt(files.size()));
    }

    private static Path metadata(Scene scene) throws IOException {
        return find(scene, "events/" + scene.traffic().type().name().replace('-', '_'), ".metadata.json").stream()
                .max(Comparator.comparing(file -> file.getFileName().toString()))
                .orElseThrow();
    }

    private static List<Path> find(Scene scene, String folder, String ending) throws IOException {
        Path root = scene.site().home().warehouse().resolve(folder);
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(root)) {
            try (Stream<Path> found = Files.walk(root)) {
                found.filter(f -> f.getFileName().toString().endsWith(ending)).forEach(files::add);
            }
        }
        if (files.isEmpty()) {
            throw new CouldNotInjectException("There is no file *" + ending + " in " + root);
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    @Override
    public Recovery heal(Scene scene) throws Exception {
        if (flip != null) {
            flip.apply();
            Process reader = read(scene);
            if (reader.exitValue() != 0) {
                scene.violated("The archive must be readable once " + flip.file() + " is as it was:\n"
                        + Launch.tail(scene.site().home().log(READER)));
            }
        }
        held.close();
        if (part == Part.METADATA) {
            scene.site().processes().start(Services.ARCHIVER);
            return scene.signs().archives();
        }
        return Optional::empty;
    }
}
