package dev.anabranch.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.DatumReader;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Records as bytes: Avro's single-object encoding, which begins with the fingerprint of the writer's schema. Any version
 * in the {@link SchemaHistory} can be read. Thread safe.
 *
 * @param <T> the record
 */
public final class Wire<T extends SpecificRecord> {
    /** Avro makes only classes it was told to trust: those that stand beside a record someone reads or writes. */
    private static final Set<String> TRUSTED_PACKAGES = ConcurrentHashMap.newKeySet();

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> TRUSTED_PACKAGES.contains(type.getPackageName())));
    }

    public static final Wire<BatchHeader> BATCH_HEADER = of(BatchHeader.class);
    public static final Wire<BatchRow> BATCH_ROW = of(BatchRow.class);
    public static final Wire<BatchFooter> BATCH_FOOTER = of(BatchFooter.class);
    public static final Wire<SpeedCell> SPEED_CELL = of(SpeedCell.class);
    public static final Wire<SpeedFloor> SPEED_FLOOR = of(SpeedFloor.class);
    public static final Wire<SpeedProgress> SPEED_PROGRESS = of(SpeedProgress.class);
    public static final Wire<Generation> GENERATION = of(Generation.class);
    public static final Wire<ModelVersion> MODEL_VERSION = of(ModelVersion.class);
    public static final Wire<Prediction> PREDICTION = of(Prediction.class);
    public static final Wire<Experiment> EXPERIMENT = of(Experiment.class);
    public static final Wire<DriftReport> DRIFT_REPORT = of(DriftReport.class);
    public static final Wire<DriftAlert> DRIFT_ALERT = of(DriftAlert.class);

    /** Two marker bytes, and the fingerprint of the writer's schema. */
    private static final int HEADER = 10;

    private static final byte[] MARKER = {(byte) 0xC3, 0x01};
    private static final VarHandle NUMBER = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final String name;
    private final BinaryMessageEncoder<T> encoder;
    private final SpecificData model;
    private final Schema schema;
    private final long fingerprint;
    private final DatumReader<T> reader;
    private final Map<Long, DatumReader<T>> olderReaders = new ConcurrentHashMap<>();

    private Wire(Class<T> type) {
        TRUSTED_PACKAGES.add(type.getPackageName());
        model = SpecificData.getForClass(type);
        model.setCustomCoders(true); // a third less than by reflection, to write; readers have a faster way still
        schema = model.getSchema(type);
        name = schema.getName();
        encoder = new BinaryMessageEncoder<>(model, schema);
        fingerprint = SchemaNormalization.parsingFingerprint64(schema);
        reader = reader(schema);
    }

    public static <T extends SpecificRecord> Wire<T> of(Class<T> type) {
        return new Wire<>(type);
    }

    public byte[] encode(T record) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
            encoder.encode(record, bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    /**
     * @throws IllegalArgumentException when the bytes are cut short, are no single-object encoding, or were written with
     *     a schema that is not in the history or cannot be read as this one
     */
    public T decode(byte[] bytes) {
        try {
            return readerOf(bytes).read(null, new ArrayDecoder().show(bytes, HEADER, bytes.length - HEADER));
        } catch (IOException | RuntimeException e) { // Avro has a dozen unrelated ways to say that bytes are damaged
            throw new IllegalArgumentException("Not a " + name + ": " + e, e);
        }
    }

    /** The reader of what was written with the schema that a message names. */
    private DatumReader<T> readerOf(byte[] message) throws IOException {
        if (message.length < HEADER || message[0] != MARKER[0] || message[1] != MARKER[1]) {
            throw new IOException("Must begin with two marker bytes and the fingerprint of a schema");
        }
        long writtenWith = (long) NUMBER.get(message, MARKER.length);
        return writtenWith == fingerprint ? reader : olderReaders.computeIfAbsent(writtenWith, this::olderReader);
    }

    private DatumReader<T> olderReader(long writtenWith) {
        Schema writer = SchemaHistory.get().findByFingerprint(writtenWith);
        if (writer == null) {
            throw new IllegalArgumentException(
                    "Its schema must be in the history, got the fingerprint " + Long.toHexString(writtenWith));
        }
        return reader(writer);
    }

    @SuppressWarnings("unchecked") // Avro says Object, and makes what the model is of
    private DatumReader<T> reader(Schema writer) {
        return model.createDatumReader(writer, schema);
    }

    /** What is left in {@code buffer}, leaving it as it was. */
    public static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
