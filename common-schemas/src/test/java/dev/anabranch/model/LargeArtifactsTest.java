package dev.anabranch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.ArtifactParts;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LargeArtifactsTest {
    private static final int RECORD = LargeArtifacts.RECORD_BYTES;
    private static final int PART = LargeArtifacts.PART_BYTES;
    /** The fewest there can be: so many a record might just have held. */
    private static final int PARTS = RECORD / PART;

    private final List<Map.Entry<String, byte[]>> topic = new ArrayList<>();

    @Test
    void anArtifactThatFitsARecordTravelsInIt() {
        ModelVersion version = version(1, RECORD);
        assertThat(parted(version)).isSameAs(version);
        assertThat(topic).isEmpty();
    }

    @Test
    void aLargerOneIsPutTogetherFromItsPartsWhateverStandsBetweenThem() throws UnusableModelException {
        ModelVersion version = version(5, RECORD + PART + 7);
        ModelVersion other = version(9, RECORD + PART + 7); // the same keys, at the same time
        topic.add(Map.entry("earlier", new byte[3]));
        ModelVersion published = LargeArtifacts.parted(version, (key, part) -> {
            long offset = write(key, part);
            if (key.endsWith("/0")) {
                parted(other);
            }
            return offset;
        });

        assertThat(published.getParts()).isEqualTo(new ArtifactParts(1L, PARTS + 2, RECORD + PART + 7L));
        assertThat(Wire.MODEL_VERSION.encode(published)).hasSizeLessThan(1_000);
        assertThat(whole(published).getArtifact()).isEqualTo(version.getArtifact());
        assertThat(LoadedModel.artifact(whole(published))).isEqualTo(Wire.bytes(version.getArtifact()));
        assertThat(LargeArtifacts.bare(whole(published))).isEqualTo(published);
    }

    @Test
    void publishedAgainItIsFoundWhereItWasWrittenLast() throws UnusableModelException {
        ModelVersion version = version(2, RECORD + 1);
        parted(version);
        ModelVersion again = parted(version);
        for (int part = 0; part <= PARTS; part++) {
            topic.set(part, Map.entry("compacted", new byte[0]));
        }

        assertThat(again.getParts().getFrom()).isEqualTo(PARTS + 1);
        assertThat(whole(again).getArtifact()).isEqualTo(version.getArtifact());
    }

    @Test
    void aPartThatIsMissingIsTold() {
        ModelVersion published = parted(version(2, RECORD + PART));
        topic.remove(1);

        assertThatThrownBy(() -> whole(published))
                .isInstanceOf(UnusableModelException.class)
                .hasMessage(
                        "The artifact of items version 2 must stand in control.artifacts from offset 0 on, in 16 parts;"
                                + " 1 of them do not: make the version live again");
    }

    @Test
    void aPartOfAnotherLengthIsAsGoodAsMissing() {
        ModelVersion published = parted(version(2, RECORD + PART));
        Map.Entry<String, byte[]> last = topic.get(PARTS);
        for (int length : new int[] {last.getValue().length - 1, last.getValue().length + 1}) {
            topic.set(PARTS, Map.entry(last.getKey(), Arrays.copyOf(last.getValue(), length)));
            assertThatThrownBy(() -> whole(published))
                    .isInstanceOf(UnusableModelException.class)
                    .hasMessageContaining("1 of them do not");
        }
    }

    @Test
    void aRecordThatNoPartsCanBeOfIsRefused() {
        ModelVersion published = ModelVersion.newBuilder(parted(version(2, RECORD + PART)))
                .setParts(new ArtifactParts(0L, 3, RECORD + (long) PART))
                .build();

        assertThatThrownBy(() -> whole(published))
                .isInstanceOf(UnusableModelException.class)
                .hasMessage(
                        "The artifact of items version 2 must be in parts of 1048576 bytes, got 16777216 bytes in 3");
    }

    @Test
    void partsOfReleasesBeforeAreEightTimesAsLongAndReadAllTheSame() throws UnusableModelException {
        int before = 8 * PART;
        ModelVersion version = version(2, 2 * before + 7);
        byte[] artifact = Wire.bytes(version.getArtifact());
        byte[] digest = version.getSha256().getBytes(StandardCharsets.US_ASCII);
        for (int part = 0; part < 3; part++) {
            byte[] bytes = Arrays.copyOfRange(artifact, part * before, Math.min(artifact.length, (part + 1) * before));
            write(
                    "items/2/" + part,
                    ByteBuffer.allocate(digest.length + bytes.length)
                            .put(digest)
                            .put(bytes)
                            .array());
        }
        ModelVersion published = ModelVersion.newBuilder(LargeArtifacts.bare(version))
                .setParts(new ArtifactParts(0L, 3, (long) artifact.length))
                .build();

        assertThat(LoadedModel.artifact(whole(published))).isEqualTo(artifact);
    }

    @Test
    void whoReadsNoPartsSaysSo() {
        ModelVersion published = parted(version(2, RECORD + 1));

        assertThatThrownBy(() -> LoadedModel.artifact(published))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageStartingWith("The artifact of items version 2 stands in parts, ");
    }

    private ModelVersion parted(ModelVersion version) {
        return LargeArtifacts.parted(version, this::write);
    }

    private long write(String key, byte[] part) {
        topic.add(Map.entry(key, part));
        return topic.size() - 1;
    }

    private ModelVersion whole(ModelVersion published) throws UnusableModelException {
        LargeArtifacts.Assembly assembly = new LargeArtifacts.Assembly(published);
        for (int offset = Math.toIntExact(published.getParts().getFrom()); offset < topic.size(); offset++) {
            byte[] part = topic.get(offset).getValue();
            assembly.take(topic.get(offset).getKey(), part == null ? null : ByteBuffer.wrap(part));
        }
        return assembly.whole();
    }

    private static ModelVersion version(long number, int bytes) {
        byte[] artifact = new byte[bytes];
        new Random(number).nextBytes(artifact);
        return new ModelVersion(
                "items",
                number,
                "implicit-als",
                List.of(),
                Map.of(),
                List.of(),
                Map.of(),
                "test",
                Map.of(),
                1L,
                Map.of(),
                0L,
                Sha256.of(artifact),
                ByteBuffer.wrap(artifact),
                List.of(),
                null);
    }
}
