package dev.anabranch.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest artifacts are known by. */
public final class Sha256 {
    private Sha256() {}

    /** In lower-case hex, 64 characters. */
    public static String of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    /** The same of what is left in {@code bytes}, leaving it as it was. */
    public static String of(ByteBuffer bytes) {
        MessageDigest digest = begin();
        digest.update(bytes.duplicate());
        return end(digest);
    }

    /** A digest of what is still to come. */
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** The digest of all that has come, as {@link #of} gives it. */
    public static String end(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
