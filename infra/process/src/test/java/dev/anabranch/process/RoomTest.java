package dev.anabranch.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {
    @TempDir
    private Path directory;

    @Test
    void aVolumeWithoutRoomIsNamedWithWhatItMustHaveAndHas() {
        Path notMadeYet = directory.resolve("a/b");
        assertThat(Room.lackingAt(notMadeYet, Long.MAX_VALUE))
                .hasValueSatisfying(what -> assertThat(what)
                        .startsWith("The volume of " + notMadeYet + " must have room for 8796093022207 MiB, has ")
                        .endsWith(" left"));
        assertThat(notMadeYet).doesNotExist();
    }

    @Test
    void oneWithRoomIsNot() {
        assertThat(Room.lackingAt(directory, 0)).isEmpty();
    }
}
