package dev.anabranch.benchmarks.swap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.LiveVersions;
import dev.anabranch.benchmarks.RandomVectors;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Api;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Vectors of a million items made live while a replica is asked for similar items: how long after the version's record was
 * acknowledged the last answer was the old version's, and what the replica then holds on its heap.
 */
final class VectorsSwap {
    private static final int ITEMS = 1_000_000;
    private static final int FEW_ITEMS = 200_000;
    private static final int RANK = 64;
    private static final int SWAPS = 3;
    private static final double MOST_SECONDS = 1;
    private static final double MOST_MIB = 350;
    private static final double MIB = 1 << 20;
    private static final String HEAP = "1500m"; // both versions and the parts of the newer
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    private final Api api;

    private VectorsSwap(Api api) {
        this.api = api;
    }

    static List<Row> measure(BenchPlatform platform, Benchmark.Settings settings) throws Exception {
        int items = settings.quick() ? FEW_ITEMS : ITEMS;
        SplittableRandom random = new SplittableRandom(settings.seed());
        double[] seconds = new double[settings.quick() ? 2 : SWAPS];
        double[] written = new double[seconds.length];
        double[] both = new double[seconds.length];
        double[] slowest = new double[seconds.length];
        long held;
        try (LiveVersions live = new LiveVersions(platform.bootstrapServers())) {
            String address = platform.launchReplica("serving-vectors", HEAP);
            VectorsSwap swap = new VectorsSwap(new Api(address));
            live.publish(RandomVectors.version(1, items, RANK, random));
            swap.untilAnswered(1);
            for (int i = 0; i < seconds.length; i++) {
                ModelVersion next = RandomVectors.version(i + 2, items, RANK, random);
                long begun = System.nanoTime();
                live.publish(next);
                long acknowledged = System.nanoTime();
                written[i] = (acknowledged - begun) / 1e9;
                slowest[i] = swap.untilAnswered(i + 2);
                seconds[i] = (System.nanoTime() - acknowledged) / 1e9;
                both[i] = written[i] + seconds[i];
            }
            held = heapBytes(platform.replica());
        }
        Rounds silent = Rounds.of(seconds);
        String of = String.format(Locale.ROOT, "%,d items at %d features: ", items, RANK);
        return List.of(
                Row.of(
                                of + "from the version's record to the first answer by it",
                                String.format(
                                        Locale.ROOT,
                                        "median %.2f s, longest %.2f s of %d; the parts before it %.2f s, both at most %.2f s, the slowest answer meanwhile %.2f s",
                                        silent.median(),
                                        silent.most(),
                                        seconds.length,
                                        Rounds.of(written).median(),
                                        Rounds.of(both).most(),
                                        Rounds.of(slowest).most()))
                        .goal(Goal.atMost(MOST_SECONDS, "s"), silent.most(), 1),
                Row.of(of + "live on the replica's heap", String.format(Locale.ROOT, "%.0f MiB", held / MIB))
                        .goal(Goal.atMost(MOST_MIB, "MiB"), held / MIB, 1));
    }

    /**
     * Asks until the version answers.
     *
     * @return how long the slowest answer took, in seconds
     */
    private double untilAnswered(long version) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        long slowest = 0;
        while (System.nanoTime() < deadline) {
            long sent = System.nanoTime();
            Api.Answer answer = api.get("/v1/items/item-0/similar?n=10").join();
            slowest = Math.max(slowest, System.nanoTime() - sent);
            JsonNode by = answer.body().path("models").path("items").path("version");
            if (answer.ok() && by.asLong() == version) {
                return slowest / 1e9;
            }
        }
        throw new Problem("Version " + version + " must answer within two minutes");
    }

    /** What is live on the heap of a process, garbage collected. */
    private static long heapBytes(Process process) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process asked = new ProcessBuilder(List.of(jcmd, String.valueOf(process.pid()), "GC.class_histogram"))
                .redirectErrorStream(true)
                .start();
        String told = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asked.waitFor();
        Matcher total = TOTAL.matcher(told);
        if (!total.find()) {
            throw new Problem("jcmd must tell what is on the heap, told: " + told);
        }
        return Long.parseLong(total.group(1));
    }
}
