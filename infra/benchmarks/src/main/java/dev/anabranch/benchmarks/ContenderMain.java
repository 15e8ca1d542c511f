package dev.anabranch.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A contender as a process: does a round for every line it is sent, more than once if that is too short for the clock, and
 * answers with {@code round <count> <digest> <CPU nanoseconds of one>}. What the line says is which piece of work, to a
 * contender that knows several. Ends with its input.
 */
public final class ContenderMain {
    static final String ANSWER = "round ";
    /** The clock of a process's CPU time moves in steps of 10 ms. */
    static final long LEAST_NANOS = 500_000_000;

    private ContenderMain() {}

    /** @param arguments the contender's class, and what its constructor takes */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err); // whatever libraries say is no answer
        var cpu = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
        try (Contender contender = (Contender) Class.forName(arguments[0])
                        .getConstructor(String[].class)
                        .newInstance((Object) own);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String piece = in.readLine(); piece != null; piece = in.readLine()) {
                long before = cpu.getProcessCpuTime();
                Contender.Work work = once(contender, piece);
                int times = 1;
                long spent = cpu.getProcessCpuTime() - before;
                while (spent < LEAST_NANOS) {
                    if (!once(contender, piece).equals(work)) {
                        throw new IllegalStateException("The same work must come to the same each time: " + work);
                    }
                    times++;
                    spent = cpu.getProcessCpuTime() - before;
                }
                out.println(ANSWER + work.count() + " " + work.digest() + " " + spent / times);
            }
        }
        System.exit(0); // some leave threads behind
    }

    private static Contender.Work once(Contender contender, String piece) throws Exception {
        return contender instanceof Contender.OfMany many ? many.round(piece) : contender.round();
    }
}
