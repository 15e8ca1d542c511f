package dev.anabranch.experiment;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The 10,000 buckets that the entities of an experiment fall into: one is a hundredth of a per cent of them. */
public final class Buckets {
    public static final int COUNT = 10_000;

    private Buckets() {}

    /**
     * The bucket of an entity, from 0: the same in every process, for ever.
     *
     * @param salt makes the buckets of one experiment independent of another's
     */
    public static int of(String salt, String entity) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            byte[] hash = digest.digest(entity.getBytes(StandardCharsets.UTF_8));
            return (int) Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), COUNT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform must have SHA-256", e);
        }
    }
}
