package dev.anabranch.local;

import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Replays a public data set of one use case. Listed in {@code META-INF/services/dev.anabranch.local.Replayer}; that is
 * how {@code anabranch replay} knows it.
 */
public interface Replayer {
    String useCase();

    /**
     * Replays from start to end and tells how it went.
     *
     * @param data             a folder, or one file
     * @param bootstrapServers where to
     * @param speed            {@code max}, a multiple of the recorded speed or a rate such as {@code 500/s}
     * @param shiftToNow       whether all times are shifted so that the last event is now
     * @param out              for the progress and the summary
     * @return whether all of it was published
     * @throws IllegalArgumentException when the speed is none
     * @throws Problem when there is nothing to read, or the broker does not take it
     */
    boolean replay(Path data, String bootstrapServers, String speed, boolean shiftToNow, PrintStream out);
}
