package dev.anabranch.batch.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.stream.IntStream;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Brings letters to where their addressees are: a shuffle of packed bytes.
 *
 * <p>Spark is given hundreds of letters at a time, as one array of bytes: handed over row by row, what it does for each
 * costs several times what we do with it. Nothing is sorted. All of a partition is received at once, so there are as many
 * partitions as it takes for each to fit in memory.
 *
 * @param partitions how many
 */
record Gathering(int partitions) implements Serializable {
    /** A partition is received whole: letters of some 200 bytes, and the objects made of them. */
    private static final long LETTERS_A_PARTITION = 500_000;

    private static final int PARTITIONS_A_CORE = 4;
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long CHUNKS_BYTES = 32L * 1024 * 1024;

    /** As many partitions as so many letters and cores ask for. */
    static Gathering of(long letters, int cores) {
        return new Gathering(
                Math.toIntExact(Math.max((long) PARTITIONS_A_CORE * cores, letters / LETTERS_A_PARTITION + 1)));
    }

    /** What a letter says. */
    interface Content {
        void write(Encoder out) throws IOException;
    }

    /** Makes letters of things. */
    interface Sender<T> extends Serializable {
        void send(T thing, Outbox outbox);
    }

    /** Reads all letters of a partition, in no order, and then gives what it made of them. */
    interface Receiver<R> extends Serializable {
        Inbox<R> open();
    }

    /** The letters of one partition, as they come in. */
    interface Inbox<R> {
        void read(Decoder letter) throws IOException;

        Iterator<R> close();
    }

    <T> JavaPairRDD<Integer, byte[]> send(JavaRDD<T> things, Sender<T> sender) {
        return things.mapPartitionsToPair(each -> new Sent<>(each, sender, new Outbox(partitions)));
    }

    <R> JavaRDD<R> receive(List<JavaPairRDD<Integer, byte[]>> sent, Receiver<R> receiver) {
        JavaPairRDD<Integer, byte[]> all = sent.get(0);
        for (JavaPairRDD<Integer, byte[]> more : sent.subList(1, sent.size())) {
            all = all.union(more);
        }
        return all.partitionBy(new HashPartitioner(partitions)).values().mapPartitions(chunks -> {
            Inbox<R> inbox = receiver.open();
            BinaryDecoder letters = null;
            while (chunks.hasNext()) {
                letters = DecoderFactory.get().binaryDecoder(chunks.next(), letters);
                while (!letters.isEnd()) {
                    inbox.read(letters);
                }
            }
            return inbox.close();
        });
    }

    /** Where letters are put. They wait for others that go the same way. */
    static final class Outbox {
        private final Chunk[] chunks;
        private final int fullBytes;
        private final Queue<Tuple2<Integer, byte[]>> full = new ArrayDeque<>();

        private Outbox(int partitions) {
            chunks = IntStream.range(0, partitions).mapToObj(i -> new Chunk()).toArray(Chunk[]::new);
            fullBytes = (int) Math.min(CHUNK_BYTES, CHUNKS_BYTES / partitions);
        }

        void send(String addressee, Content letter) {
            int partition = Math.floorMod(spread(addressee.hashCode()), chunks.length);
            Chunk chunk = chunks[partition];
            try {
                letter.write(chunk.encoder);
            } catch (IOException e) {
                throw new UncheckedIOException("Memory does not fail to be written", e);
            }
            if (chunk.bytes.size() >= fullBytes) {
                full.add(new Tuple2<>(partition, chunk.take()));
            }
        }

        private void finish() {
            for (int partition = 0; partition < chunks.length; partition++) {
                byte[] rest = chunks[partition].take();
                if (rest.length > 0) {
                    full.add(new Tuple2<>(partition, rest));
                }
            }
        }

        /** Names that differ in their last letter only have hashes side by side. */
        private static int spread(int hash) {
            return (hash * 0x9e3779b9) >>> 8;
        }

        private static final class Chunk {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);

            byte[] take() {
                try {
                    encoder.flush();
                } catch (IOException e) {
                    throw new UncheckedIOException("Memory does not fail to be written", e);
                }
                byte[] taken = bytes.toByteArray();
                bytes.reset();
                return taken;
            }
        }
    }

    private static final class Sent<T> implements Iterator<Tuple2<Integer, byte[]>> {
        private final Iterator<T> things;
        private final Sender<T> sender;
        private final Outbox outbox;
        private boolean finished;

        Sent(Iterator<T> things, Sender<T> sender, Outbox outbox) {
            this.things = things;
            this.sender = sender;
            this.outbox = outbox;
        }

        @Override
        public boolean hasNext() {
            while (outbox.full.isEmpty() && things.hasNext()) {
                sender.send(things.next(), outbox);
            }
            if (outbox.full.isEmpty() && !finished) {
                finished = true;
                outbox.finish();
            }
            return !outbox.full.isEmpty();
        }

        @Override
        public Tuple2<Integer, byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return outbox.full.remove();
        }
    }
}
