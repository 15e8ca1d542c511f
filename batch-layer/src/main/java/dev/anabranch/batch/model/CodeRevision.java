package dev.anabranch.batch.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which revision of the code is running, as far as it can be known. */
final class CodeRevision {
    static final String UNKNOWN = "unknown";

    private CodeRevision() {}

    /** The commit that is checked out in the Git work tree that {@code folder} lies in; "unknown" outside of one. */
    static String of(Path folder) {
        for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            Path git = at.resolve(".git");
            if (Files.exists(git)) {
                try {
                    return head(gitFolder(git)).orElse(UNKNOWN);
                } catch (IOException e) {
                    return UNKNOWN; // no reason to fail a training: the record says that it is not known
                }
            }
        }
        return UNKNOWN;
    }

    /** In a linked work tree {@code .git} is a file that says where the folder is. */
    private static Path gitFolder(Path git) throws IOException {
        return Files.isDirectory(git)
                ? git
                : git.resolveSibling(
                        Files.readString(git).replaceFirst("gitdir:", "").strip());
    }

    private static Optional<String> head(Path git) throws IOException {
        String head = Files.readString(git.resolve("HEAD")).strip();
        if (!head.startsWith("ref: ")) {
            return Optional.of(head);
        }
        String name = head.substring("ref: ".length());
        Path common = Files.exists(git.resolve("commondir"))
                ? git.resolve(Files.readString(git.resolve("commondir")).strip())
                : git;
        if (Files.exists(common.resolve(name))) {
            return Optional.of(Files.readString(common.resolve(name)).strip());
        }
        Path packed = common.resolve("packed-refs");
        List<String> lines = Files.exists(packed) ? Files.readAllLines(packed) : List.of();
        return lines.stream()
                .filter(line -> line.endsWith(" " + name))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst();
    }
}
