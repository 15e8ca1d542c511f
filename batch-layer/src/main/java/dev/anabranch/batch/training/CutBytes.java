package dev.anabranch.batch.training;

import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** A cut as bytes, for a column that lives no longer than the job. */
final class CutBytes {
    private CutBytes() {}

    static byte[] write(Cut cut) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(cut.origins().size());
            for (Map.Entry<Origin, Long> origin : cut.origins().entrySet()) {
                out.writeUTF(origin.getKey().topic());
                out.writeInt(origin.getKey().partition());
                out.writeLong(origin.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    static Cut read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            Map<Origin, Long> before = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                before.put(new Origin(in.readUTF(), in.readInt()), in.readLong());
            }
            return Cut.of(before);
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a cut: " + e.getMessage(), e);
        }
    }
}
