package dev.anabranch.faults;

import dev.anabranch.faults.inject.Fault;
import dev.anabranch.faults.inject.Kind;
import dev.anabranch.faults.inject.Scene;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Injects the faults of a schedule, one after the other or side by side where they bear each other, and waits after each
 * until the platform has recovered.
 */
final class Injector {
    private static final Duration POLL = Duration.ofMillis(150);

    private final Scene scene;
    private final int atOnce;
    private final Duration patience;
    private final PrintStream out;
    private final List<Kind> underWay = new ArrayList<>();
    private final List<Occurrence> occurrences = new ArrayList<>();

    /**
     * A fault that happened.
     *
     * @param kind           what
     * @param beganNanos     when it was injected
     * @param endedNanos     when it was over: from here on the platform may recover
     * @param recoveredNanos when it had; 0 when it had not within the patience
     * @param trouble        why it could not be injected, or what was still missing; empty when all went well
     */
    record Occurrence(
            Kind kind,
            long beganNanos,
            long endedNanos,
            long recoveredNanos,
            boolean injected,
            Optional<String> trouble) {
        boolean recovered() {
            return recoveredNanos > 0;
        }

        Duration recovery() {
            return Duration.ofNanos(recoveredNanos - endedNanos);
        }
    }

    /**
     * @param atOnce   how many faults may be under way at once
     * @param patience how long recovering may take
     */
    Injector(Scene scene, int atOnce, Duration patience, PrintStream out) {
        this.scene = scene;
        this.atOnce = atOnce;
        this.patience = patience;
        this.out = out;
    }

    /**
     * Goes through the schedule. A fault that is due and does not bear what is under way lets others go first. Faults that
     * have not begun when {@code length} is over, or it is enough, do not.
     *
     * @return how many of the schedule were not reached
     */
    int run(FaultSchedule schedule, Duration length, BooleanSupplier enough) throws InterruptedException {
        long start = System.nanoTime();
        List<FaultSchedule.Planned> pending = new ArrayList<>(schedule.faults());
        List<Thread> threads = new ArrayList<>();
        while (!pending.isEmpty() && System.nanoTime() - start < length.toNanos() && !enough.getAsBoolean()) {
            Optional<FaultSchedule.Planned> next = next(pending, Duration.ofNanos(System.nanoTime() - start));
            if (next.isPresent()) {
                pending.remove(next.get());
                Thread thread = new Thread(() -> happen(next.get(), start), "fault-" + (threads.size() + 1));
                threads.add(thread);
                thread.start();
            } else {
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return pending.size();
    }

    /** The first that is due and bears all that is under way, which it is from here on. */
    private synchronized Optional<FaultSchedule.Planned> next(List<FaultSchedule.Planned> pending, Duration now) {
        if (underWay.size() >= atOnce) {
            return Optional.empty();
        }
        Optional<FaultSchedule.Planned> next = FaultSchedule.next(pending, underWay, now);
        next.ifPresent(planned -> underWay.add(planned.kind()));
        return next;
    }

    private void happen(FaultSchedule.Planned planned, long start) {
        Kind kind = planned.kind();
        try {
            Occurrence occurrence = happen(planned);
            tell(occurrence, start);
            synchronized (this) {
                occurrences.add(occurrence);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                underWay.remove(kind);
            }
        }
    }

    private Occurrence happen(FaultSchedule.Planned planned) throws InterruptedException {
        Kind kind = planned.kind();
        Fault fault = kind.make().apply(scene, new Random(planned.seed()));
        long began = System.nanoTime();
        Optional<String> trouble = attempt(() -> fault.inject(scene));
        boolean injected = trouble.isEmpty();
        if (injected) {
            TimeUnit.MILLISECONDS.sleep(planned.lasts().toMillis());
        }
        Fault.Recovery[] recovery = new Fault.Recovery[1];
        long ended = System.nanoTime();
        Optional<String> healing = attempt(() -> recovery[0] = fault.heal(scene));
        if (trouble.isEmpty()) {
            trouble = healing.map(why -> "could not be ended: " + why);
        }
        long recovered = 0;
        if (recovery[0] != null) {
            Optional<String> missing = Optional.of("not asked yet");
            while (missing.isPresent() && System.nanoTime() - ended < patience.toNanos()) {
                missing = recovery[0].missing();
                if (missing.isPresent()) {
                    TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
                }
            }
            if (missing.isEmpty()) {
                recovered = System.nanoTime();
            } else if (trouble.isEmpty()) {
                trouble = Optional.of("had not recovered within " + patience.toSeconds() + " s: " + missing.get());
            }
        }
        return new Occurrence(kind, began, ended, recovered, injected, trouble);
    }

    private interface Attempt {
        void make() throws Exception;
    }

    private static Optional<String> attempt(Attempt attempt) throws InterruptedException {
        try {
            attempt.make();
            return Optional.empty();
        } catch (InterruptedException e) {
            throw e;
        } catch (Fault.CouldNotInjectException e) {
            return Optional.of(e.getMessage());
        } catch (Exception e) { // whatever it is: the fault did not go as it must, and the round says so
            return Optional.of(e.toString());
        }
    }

    private void tell(Occurrence occurrence, long start) {
        String how = occurrence
                .trouble()
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "recovered after %.1f s",
                        occurrence.recovery().toMillis() / 1e3));
        out.printf(
                Locale.ROOT,
                "  %6.1f s  %-22s %5.1f s  %s%n",
                (occurrence.beganNanos() - start) / 1e9,
                occurrence.kind().name(),
                (occurrence.endedNanos() - occurrence.beganNanos()) / 1e9,
                how);
        out.flush();
    }

    synchronized List<Occurrence> occurrences() {
        return List.copyOf(occurrences);
    }
}
