package dev.anabranch.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class VectorsTest {
    @Property(tries = 300)
    void theSearchEqualsThePlainLoopToTheBit(@ForAll long seed) {
        Random random = new Random(seed);
        requireThePlainLoop(random, random.nextInt(200), 1 + random.nextInt(40));
    }

    @Example
    void vectorsThatSeveralThreadsMakeAreFoundLikeAnyOther() {
        requireThePlainLoop(new Random(1), 40_000, 3);
    }

    private static void requireThePlainLoop(Random random, int size, int rank) {
        float[] flat = floats(random, size * rank, random.nextBoolean());
        List<String> names = names(size);
        Vectors vectors = Vectors.of(names, rank, flat);
        float[] query = floats(random, rank, false);
        int most = 1 + random.nextInt(20);
        Predicate<String> wanted = random.nextBoolean() ? name -> true : name -> name.hashCode() % 3 != 0;

        List<Vectors.Found> plain = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            float sum = 0;
            for (int d = 0; d < rank; d++) {
                sum += query[d] * flat[i * rank + d];
            }
            if (wanted.test(names.get(i))) {
                plain.add(new Vectors.Found(names.get(i), sum));
            }
        }
        plain.sort(Comparator.comparingDouble((Vectors.Found found) -> -found.product()));
        List<Vectors.Found> found = vectors.top(query, most, wanted);
        assertThat(found.stream().map(Vectors.Found::product))
                .isEqualTo(
                        plain.stream().limit(most).map(Vectors.Found::product).toList());
        assertThat(found).allSatisfy(f -> assertThat(plain).contains(f)).doesNotHaveDuplicates();
        assertThat(found)
                .allSatisfy(f -> assertThat(vectors.product(query, f.name())).isEqualTo(f.product()));
    }

    @Property(tries = 100)
    void whatIsWrittenIsReadBackAndWhatIsCutShortIsRefused(@ForAll long seed) {
        Random random = new Random(seed);
        float[] flat = floats(random, 7 * 3, false);
        List<String> names = List.of("a", "b/c", "☂", "", "-9007199254740993", "x", "y");
        byte[] bytes = VectorsArtifact.write(names, 3, flat);
        Vectors vectors = VectorsArtifact.read(bytes);
        for (int i = 0; i < names.size(); i++) {
            assertThat(vectors.get(names.get(i))).isEqualTo(Arrays.copyOfRange(flat, i * 3, i * 3 + 3));
        }
        byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        assertThatThrownBy(() -> VectorsArtifact.read(cut)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 200)
    void inWhateverPartsAnArtifactComesItMakesTheSameVectors(@ForAll long seed) {
        Random random = new Random(seed);
        int size = random.nextInt(50);
        int rank = 1 + random.nextInt(9);
        byte[] bytes = VectorsArtifact.write(names(size), rank, floats(random, size * rank, random.nextBoolean()));
        VectorsReader reader = new VectorsReader(bytes.length, Long.MAX_VALUE);
        for (int from = 0; from < bytes.length; ) {
            int length = 1 + random.nextInt(Math.min(bytes.length - from, 1 + random.nextInt(300)));
            reader.take(ByteBuffer.wrap(bytes, from, length));
            from += length;
        }
        requireTheSame(reader.finish(), VectorsArtifact.read(bytes));
    }

    @Example
    void partsOfManyStretchesMakeTheSameVectors() {
        int size = 3 * Stretch.SIZE + 77;
        byte[] bytes = VectorsArtifact.write(names(size), 3, floats(new Random(3), size * 3, false));
        VectorsReader reader = new VectorsReader(bytes.length, Long.MAX_VALUE);
        int part = 123_457;
        for (int from = 0; from < bytes.length; from += part) {
            reader.take(ByteBuffer.wrap(bytes, from, Math.min(part, bytes.length - from)));
        }
        requireTheSame(reader.finish(), VectorsArtifact.read(bytes));
    }

    /** As releases wrote them that left it to the reader to put them in order. */
    @Property(tries = 100)
    void anArtifactInAnotherOrderMakesTheSameVectors(@ForAll long seed) {
        Random random = new Random(seed);
        int size = random.nextInt(50);
        int rank = 1 + random.nextInt(9);
        float[] flat = floats(random, size * rank, random.nextBoolean());
        List<byte[]> encoded = names(size).stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toList();
        ByteBuffer out = ByteBuffer.allocate(
                        16 + encoded.stream().mapToInt(name -> 4 + name.length).sum() + flat.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put("AVEC".getBytes(StandardCharsets.US_ASCII))
                .putInt(1)
                .putInt(size)
                .putInt(rank);
        encoded.forEach(name -> out.putInt(name.length).put(name));
        for (float value : flat) {
            out.putFloat(value);
        }
        Vectors vectors = VectorsArtifact.read(out.array());
        requireTheSame(vectors, Vectors.of(names(size), rank, flat));
        requireTheSame(vectors, VectorsArtifact.read(VectorsArtifact.write(names(size), rank, flat)));
    }

    /** The bits that users were folded in by when their answers were written down: what made them may change, they may not. */
    @Example
    void theGramMatrixIsThatOfTheReleasesBefore() throws Exception {
        int rank = 5;
        int size = 3 * 16 * 1024 + 77;
        Random random = new Random(7);
        float[] flat = floats(random, size * rank, false);
        for (Vectors vectors : List.of(
                Vectors.of(names(size), rank, flat),
                VectorsArtifact.read(VectorsArtifact.write(names(size), rank, flat)))) {
            ByteBuffer bits = ByteBuffer.allocate(rank * rank * Double.BYTES);
            for (double value : vectors.gram()) {
                bits.putDouble(value);
            }
            assertThat(Sha256.of(bits.array()))
                    .isEqualTo("f1b29cbf18a8f2c7e80a70ac374a86729fcfb444127bf48c6e0e9cd4195c2409");
            assertThat(vectors.names()).startsWith("n22278", "n43759", "n2725").endsWith("n26005");
        }
    }

    private static void requireTheSame(Vectors one, Vectors other) {
        assertThat(one.names()).isEqualTo(other.names());
        assertThat(one.gram()).isEqualTo(other.gram());
        for (String name : one.names()) {
            assertThat(one.get(name)).isEqualTo(other.get(name));
        }
    }

    @Example
    void anArtifactThatHoldsMoreOrLessThanItSaysIsRefused() {
        byte[] bytes = VectorsArtifact.write(List.of("a", "b"), 1, new float[] {1, 2});
        assertThatThrownBy(() -> VectorsArtifact.read(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessage("The artifact must end with its last vector, got 1 bytes more");
        byte[] many = bytes.clone();
        many[8] = 100; // vectors
        assertThatThrownBy(() -> VectorsArtifact.read(many))
                .hasMessageStartingWith("The artifact must hold what it says, got 100 vectors of rank 1 in ");
        assertThatThrownBy(() -> new VectorsReader(bytes.length, 100).take(ByteBuffer.wrap(bytes)))
                .hasMessage("There must be room for the artifact, got 2 vectors of rank 1 with 100 bytes to give");
        byte[] longName = bytes.clone();
        longName[18] = 2; // 65,536 and more
        assertThatThrownBy(() -> VectorsArtifact.read(longName))
                .hasMessageStartingWith("A name must have from 0 to 65536 bytes, got 131073");
        assertThatThrownBy(() -> VectorsArtifact.write(List.of("a", "b"), 2, new float[3]))
                .hasMessage("There must be 2 vectors of 2 floats, got 3 floats");
        assertThatThrownBy(() -> Vectors.of(List.of("a", "b"), 2, new float[3]))
                .hasMessage("There must be 2 vectors of 2 floats, got 3 floats");
    }

    @Example
    void theGramMatrixIsTheSameToTheBitWhateverTheThreads() throws Exception {
        int rank = 3;
        int size = 300_000;
        float[] flat = floats(new Random(2), size * rank, false);
        List<String> names = names(size);
        ForkJoinPool alone = new ForkJoinPool(1);
        double[] gram;
        try {
            gram = alone.submit(() -> Vectors.of(names, rank, flat).gram()).get();
        } finally {
            alone.shutdown();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(Vectors.of(names, rank, flat).gram()).isEqualTo(gram);
        }
        for (int row = 0; row < rank; row++) {
            for (int column = 0; column < rank; column++) {
                double sum = 0;
                for (int i = 0; i < flat.length; i += rank) {
                    sum += (double) flat[i + row] * flat[i + column];
                }
                assertThat(gram[row * rank + column]).isCloseTo(sum, within(1e-6));
            }
        }
    }

    @Example
    void aNameThatComesTwiceIsRefusedWhereverItStands() {
        List<String> names = names(40_000);
        names.set(39_999, "n☂");
        names.set(3, "n☂");
        assertThatThrownBy(() -> Vectors.of(names, 1, new float[40_000]))
                .hasMessage("Each vector must have a name of its own, got 'n☂' twice");
    }

    @Example
    void aVectorThatIsNotFiniteIsRefusedByItsName() {
        for (float wrong : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE}) {
            float[] flat = new float[2 * 20_000];
            flat[2 * 17_000] = flat[2 * 17_000 + 1] = wrong;
            assertThatThrownBy(() -> Vectors.of(names(20_000), 2, flat))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("Vectors must be finite, got one of length (NaN|Infinity) for 'n17000'");
        }
    }

    @Property(tries = 100)
    void theFoldedVectorSolvesItsEquationAndItsReasonsAddUp(@ForAll long seed) {
        Random random = new Random(seed);
        int rank = 1 + random.nextInt(12);
        int size = rank + random.nextInt(30);
        Vectors vectors = Vectors.of(names(size), rank, floats(random, size * rank, false));
        FoldIn foldIn = new FoldIn(vectors, 2, 0.3);
        Map<String, Double> choices = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            choices.put("n" + random.nextInt(size), 0.1 + random.nextDouble());
        }
        FoldIn.Folded folded = foldIn.fold(choices).orElseThrow();
        float[] x = folded.vector();
        double[] left = new double[rank];
        double[] right = new double[rank];
        for (String name : vectors.names()) {
            float[] y = vectors.get(name);
            double weight = 2 * choices.getOrDefault(name, 0.0);
            double product = 0;
            for (int d = 0; d < rank; d++) {
                product += (double) x[d] * y[d];
            }
            for (int d = 0; d < rank; d++) {
                left[d] += (1 + weight) * product * y[d];
                right[d] += choices.containsKey(name) ? (1 + weight) * y[d] : 0;
            }
        }
        for (int d = 0; d < rank; d++) {
            assertThat(left[d] + 0.3 * choices.size() * x[d]).isCloseTo(right[d], within(1e-3));
        }
        String target = "n" + random.nextInt(size);
        Map<String, Double> because = folded.because(target);
        assertThat(because.keySet()).isEqualTo(choices.keySet());
        assertThat(because.values().stream().mapToDouble(Double::doubleValue).sum())
                .isCloseTo(vectors.product(x, target), within(1e-4));
    }

    @Example
    void whoChoseNothingThatHasAVectorHasNone() {
        FoldIn foldIn = new FoldIn(Vectors.of(names(3), 2, new float[6]), 1, 1);
        assertThat(foldIn.fold(new HashMap<>(Map.of("nowhere", 1.0)))).isEmpty();
        for (double strength : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> foldIn.fold(Map.of("n1", strength)))
                    .hasMessage("A strength must be above 0 and finite, got " + strength + " of 'n1'");
        }
    }

    private static List<String> names(int size) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            names.add("n" + i);
        }
        return names;
    }

    /** @param skewed whether a few are much greater than the others, as factors are */
    private static float[] floats(Random random, int size, boolean skewed) {
        float[] floats = new float[size];
        for (int i = 0; i < size; i++) {
            floats[i] = (float) (random.nextGaussian() * (skewed ? Math.exp(-0.05 * i) : 1));
        }
        return floats;
    }
}
