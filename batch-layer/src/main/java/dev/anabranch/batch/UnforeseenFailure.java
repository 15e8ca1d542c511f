package dev.anabranch.batch;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * A failure nobody has words for yet: one line for whoever watches, and the stack trace in a file for whoever mends it.
 *
 * @param what  what failed, such as "The run of fraud"
 * @param cause the failure
 */
record UnforeseenFailure(String what, Throwable cause) {
    static final String FILE = "batch-failures.log";

    /**
     * Appends the stack trace to {@link #FILE}.
     *
     * @return the line for the person, which names the innermost cause and the file
     */
    String record(Path stateDir, Instant now) {
        Path file = stateDir.resolve(FILE).toAbsolutePath().normalize();
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace, true));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file, now + " " + what + " failed\n" + trace, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return line() + " (the stack trace is in " + file + ")";
        } catch (IOException e) {
            return line() + " (its stack trace cannot be kept in " + file + ": " + e.getMessage() + ")\n" + trace;
        }
    }

    private String line() {
        Throwable innermost = cause;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String why = innermost.getMessage() == null
                ? innermost.getClass().getSimpleName()
                : innermost.getClass().getSimpleName() + ": "
                        + innermost.getMessage().strip().split("\n")[0];
        return what + " failed unexpectedly: " + why;
    }
}
