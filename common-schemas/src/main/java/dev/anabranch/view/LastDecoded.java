package dev.anabranch.view;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Decodes records of which there is one at a time, and remembers the last: every reading looks at them, and they change seldom,
 * once a generation or a few times a second. Thread safe.
 *
 * @param <T> immutable
 */
public final class LastDecoded<T> {
    private record Known<T>(byte[] bytes, T value) {}

    private final Function<byte[], T> decode;
    private volatile Known<T> known;

    public LastDecoded(Function<byte[], T> decode) {
        this.decode = decode;
    }

    public T of(byte[] bytes) {
        Known<T> last = known;
        if (last != null && Arrays.equals(last.bytes, bytes)) {
            return last.value;
        }
        T value = decode.apply(bytes);
        known = new Known<>(bytes, value);
        return value;
    }
}
