package dev.anabranch.model;

import dev.anabranch.contract.ArtifactParts;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Artifacts that are too large for a record: they stand in {@link Topics#ARTIFACTS} in parts, and the record of their version
 * says where. Whoever publishes a version writes its parts first; whoever reads one puts them together.
 *
 * <p>The keys of parts are used again every few versions of a model, so compaction is all that takes away what nobody
 * needs. A part begins with the digest of its artifact: two who publish at once may write parts of one key in turns.
 */
public final class LargeArtifacts {
    /** The largest artifact that travels in its version's record, in bytes: a record may have 16 MiB, with all else it says. */
    public static final int RECORD_BYTES = 15 << 20;

    /**
     * The length of a part but the last, in bytes. Whoever takes parts in holds some of them for a moment: where they are
     * large, a collector copies them around.
     */
    public static final int PART_BYTES = 1 << 20;

    /** What it was in releases before; of an artifact in parts never as many as of today's. */
    private static final int PART_BYTES_BEFORE = 8 << 20;

    /** So many versions of a model have keys of their own. */
    private static final int SLOTS = 4;

    private static final int DIGEST_BYTES = 64;
    private static final Pattern KEY = Pattern.compile("(.+)/[0-9]+/([0-9]{1,9})");
    private static final ByteBuffer NONE = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private LargeArtifacts() {}

    /** Where parts are written. */
    public interface Writer {
        /** Returns the offset of the record when it is acknowledged. */
        long write(String key, byte[] part);
    }

    /**
     * Writes the artifact of a version in parts where it is too large for a record.
     *
     * @param version with its artifact
     * @return what is to be published of it
     */
    public static ModelVersion parted(ModelVersion version, Writer writer) {
        byte[] artifact = Wire.bytes(version.getArtifact());
        if (artifact.length <= RECORD_BYTES) {
            return version;
        }
        int count = count(artifact.length, PART_BYTES);
        byte[] digest = digest(version);
        long from = -1;
        for (int part = 0; part < count; part++) {
            int begin = part * PART_BYTES;
            int length = Math.min(PART_BYTES, artifact.length - begin);
            byte[] value = Arrays.copyOf(digest, digest.length + length);
            System.arraycopy(artifact, begin, value, digest.length, length);
            long offset = writer.write(key(version, part), value);
            from = part == 0 ? offset : from;
        }
        return with(version, NONE, new ArtifactParts(from, count, (long) artifact.length));
    }

    private static int count(long bytes, int partBytes) {
        return (int) ((bytes - 1) / partBytes + 1);
    }

    /**
     * A part as it stands in the topic.
     *
     * @param model  whose artifact it is of
     * @param number from 0
     * @param digest of the whole artifact, as the version's record has it
     * @param bytes  an array's buffer
     */
    public record Part(String model, int number, String digest, ByteBuffer bytes) {
        /** Empty when the record is no part, a tombstone say. Leaves the buffer as it was. */
        public static Optional<Part> of(String key, ByteBuffer value) {
            Matcher matcher = KEY.matcher(key == null ? "" : key);
            if (!matcher.matches() || value == null || value.remaining() < DIGEST_BYTES) {
                return Optional.empty();
            }
            ByteBuffer digest = value.slice(value.position(), DIGEST_BYTES);
            ByteBuffer bytes = value.slice(value.position() + DIGEST_BYTES, value.remaining() - DIGEST_BYTES);
            return Optional.of(new Part(
                    matcher.group(1),
                    Integer.parseInt(matcher.group(2)),
                    StandardCharsets.US_ASCII.decode(digest).toString(),
                    bytes));
        }
    }

    private static String key(ModelVersion version, int part) {
        return version.getName() + "/" + version.getVersion() % SLOTS + "/" + part;
    }

    private static byte[] digest(ModelVersion version) {
        return version.getSha256().getBytes(StandardCharsets.US_ASCII);
    }

    /** The same version without its artifact: for whoever has made of it what is to be made. */
    public static ModelVersion bare(ModelVersion version) {
        return with(version, NONE, version.getParts());
    }

    private static ModelVersion with(ModelVersion version, ByteBuffer artifact, ArtifactParts parts) {
        return new ModelVersion(
                version.getName(),
                version.getVersion(),
                version.getAlgorithm(),
                version.getFeatures(),
                version.getSnapshots(),
                version.getCut(),
                version.getViews(),
                version.getCodeRevision(),
                version.getParameters(),
                version.getSeed(),
                version.getMetrics(),
                version.getCreatedMillis(),
                version.getSha256(),
                artifact,
                version.getSamples(),
                parts);
    }

    /** The parts of one version as they are read, from {@code from} on, the parts of others between them. */
    public static final class Assembly {
        private final ModelVersion version;
        private final int partBytes;
        private final byte[] artifact;
        private final boolean[] taken;
        private int missing;

        /**
         * @param version as it was published, in parts
         * @throws UnusableModelException when that is nothing that parts can be
         */
        public Assembly(ModelVersion version) throws UnusableModelException {
            this.version = version;
            ArtifactParts parts = version.getParts();
            boolean today = parts.getCount() == count(parts.getBytes(), PART_BYTES);
            boolean before = parts.getCount() == count(parts.getBytes(), PART_BYTES_BEFORE);
            if (parts.getBytes() < 1
                    || parts.getBytes() > Integer.MAX_VALUE - 8 // the longest array
                    || !today && !before) {
                throw new UnusableModelException("The artifact of " + name() + " must be in parts of " + PART_BYTES
                        + " bytes, got " + parts.getBytes() + " bytes in " + parts.getCount());
            }
            partBytes = today ? PART_BYTES : PART_BYTES_BEFORE;
            artifact = new byte[Math.toIntExact(parts.getBytes())];
            missing = parts.getCount();
            taken = new boolean[missing];
        }

        /** Takes a record of the topic in, leaving its buffer as it was. */
        public void take(String key, ByteBuffer value) {
            Part.of(key, value)
                    .filter(part -> part.digest().equals(version.getSha256())) // else it is another artifact's
                    .filter(part -> part.number() < taken.length && !taken[part.number()])
                    .filter(part -> key(version, part.number()).equals(key))
                    .ifPresent(this::take);
        }

        private void take(Part part) {
            int begin = part.number() * partBytes;
            int length = part.bytes().remaining();
            if (length == Math.min(partBytes, artifact.length - begin)) { // else it is damaged, and missing
                part.bytes().get(0, artifact, begin, length);
                taken[part.number()] = true;
                missing--;
            }
        }

        public boolean isComplete() {
            return missing == 0;
        }

        /**
         * The version with its artifact.
         *
         * @throws UnusableModelException when parts are missing
         */
        public ModelVersion whole() throws UnusableModelException {
            if (!isComplete()) {
                throw new UnusableModelException("The artifact of " + name() + " must stand in " + Topics.ARTIFACTS
                        + " from offset " + version.getParts().getFrom() + " on, in " + taken.length + " parts; "
                        + missing + " of them do not: make the version live again");
            }
            return with(version, ByteBuffer.wrap(artifact), version.getParts());
        }

        private String name() {
            return version.getName() + " version " + version.getVersion();
        }
    }
}
