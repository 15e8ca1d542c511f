package dev.anabranch.faults.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlipTest {
    @TempDir
    Path directory;

    @Test
    void oneBitIsTheOtherWayRoundAndThenAsItWas() throws IOException {
        Path file = Files.write(directory.resolve("f"), new byte[] {1, 2, 3});
        Flip flip = new Flip(file, 1, 6);
        flip.apply();
        assertThat(Files.readAllBytes(file)).containsExactly(1, 66, 3);
        flip.apply();
        assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
    }

    @Test
    void aByteThatIsNotThereIsNamed() throws IOException {
        Path file = Files.write(directory.resolve("f"), new byte[] {1});
        assertThatThrownBy(() -> new Flip(file, 9, 0).apply()).hasMessage(file + " must have a byte 9, ends at 1");
    }
}
