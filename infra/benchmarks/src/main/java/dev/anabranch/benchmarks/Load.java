package dev.anabranch.benchmarks;

import dev.anabranch.local.check.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** People who ask, each on a connection of their own. */
public final class Load implements AutoCloseable {
    private static final int PEOPLE = 16;

    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService people = Executors.newFixedThreadPool(PEOPLE);

    /** @param address such as {@code http://127.0.0.1:8080} */
    public Load(String address) throws IOException {
        for (int i = 0; i < PEOPLE; i++) {
            connections.add(new Connection(address));
        }
    }

    /** One of theirs, for whoever asks while they do not. */
    public Connection connection() {
        return connections.get(0);
    }

    /** One of them, who asks until all is asked. */
    private interface Person {
        void ask(int number, Connection connection) throws IOException;
    }

    /**
     * Each asks the next question when the last one is answered.
     *
     * @return how many were answered
     */
    public long asFastAsTheyGo(List<byte[]> questions, Duration time) throws ExecutionException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long[] answered = new long[PEOPLE];
        all((number, connection) -> {
            for (int i = number; System.nanoTime() < end; i += PEOPLE) {
                connection.ask(questions.get(i % questions.size()));
                answered[number]++;
            }
        });
        long sum = 0;
        for (long each : answered) {
            sum += each;
        }
        return sum;
    }

    /** Questions on time, whether earlier ones are answered or not; how long each took from when it was due. */
    public Latencies onTime(List<byte[]> questions, double perSecond, Duration time)
            throws ExecutionException, InterruptedException {
        long start = System.nanoTime();
        long count = (long) (perSecond * time.toNanos() / 1e9);
        Latencies latencies = new Latencies();
        all((number, connection) -> {
            for (long i = number; i < count; i += PEOPLE) {
                long due = start + (long) (i * 1e9 / perSecond);
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                connection.ask(questions.get((int) (i % questions.size())));
                latencies.record(System.nanoTime() - due);
            }
        });
        return latencies;
    }

    private void all(Person person) throws ExecutionException, InterruptedException {
        List<Callable<Void>> asking = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            int number = i;
            asking.add(() -> {
                person.ask(number, connections.get(number));
                return null;
            });
        }
        for (Future<Void> each : people.invokeAll(asking)) {
            each.get();
        }
    }

    @Override
    public void close() throws IOException {
        people.shutdownNow();
        for (Connection each : connections) {
            each.close();
        }
    }
}
