package dev.anabranch.fraud.simulator;

import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.simulator.Draws.Kind;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Card transactions by the process that the Fraud Detection Handbook publishes (Le Borgne, Siblini, Lebichot, Bontempi,
 * 2022, chapter 3, "Transaction data simulator").
 *
 * <p>Customers and terminals lie anywhere in a plane of 100 by 100, and a customer pays at the terminals within a
 * radius. A customer has a mean amount from 5 to 100 and a mean number of transactions a day from 0 to 4; both vary
 * around their means, and the time of day around noon. Fraud comes about in three ways: an amount over 220 (1); two
 * terminals are compromised each day and everything there is fraud for 28 days (2); three customers are compromised
 * each day and for 14 days a third of their transactions are fraud of five times the amount (3). Where several apply,
 * the last one named is given as the scenario. The numbers of compromised terminals and customers are those of the
 * published size and grow and shrink with the population.
 *
 * <p>The process may change on a day ({@link Settings#withChangeOn}), which the book's does not: from then on nothing is compromised
 * anew, and cards that were stolen in numbers are tested (4). Each day one customer in 250 is robbed, and for three days there are some
 * eight payments a day of 1 to 10 on the card, between midnight and six, at terminals anywhere. Who has learnt the book's three ways has never
 * seen that.
 *
 * <p>Two things are drawn otherwise than in the book: a compromised customer's third is drawn for each transaction and not for
 * the 14 days as a whole, and times are to the millisecond. So each day is a pure function of seed and day and can be
 * had without those before it.
 */
public final class CardSimulation {
    static final long DAY_MILLIS = 86_400_000;

    private static final double SIDE = 100;
    private static final double NOON_SECONDS = 43_200;
    private static final double TIME_DEVIATION_SECONDS = 20_000;
    private static final long CERTAIN_FRAUD_ABOVE_CENTS = 220_00;
    private static final int TERMINAL_COMPROMISED_DAYS = 28;
    private static final int CUSTOMER_COMPROMISED_DAYS = 14;
    private static final double SHARE_OF_THEFTS = 1.0 / 3;
    private static final int THEFT_MULTIPLE = 5;
    private static final double SHARE_ROBBED_A_DAY = 1.0 / 250;
    private static final int CARD_TESTED_DAYS = 3;
    private static final double TESTS_A_DAY = 8;
    private static final int CARD_TESTING = 4;

    private static final Comparator<Payment> BY_TIME =
            Comparator.comparingLong(Payment::timeMillis).thenComparingInt(Payment::customer);

    private final Settings settings;
    private final Customer[] customers;
    private final String[] customerIds;
    private final String[] terminalIds;
    private final double[] paymentsUpTo;

    /**
     * @param seed      the same seed gives the same transactions, on every machine
     * @param name      what transaction ids begin with; two streams into one log need different ones
     * @param firstDay  day 0, in UTC; nothing is compromised before it
     * @param customers how many; the book has 5,000
     * @param terminals how many; the book has 10,000
     * @param radius    how far a customer goes to pay, in a plane of 100 by 100; the book has 5
     * @param changeDay the day from which on fraud comes about otherwise; {@link #NEVER} for the book's process
     */
    public record Settings(
            long seed, String name, LocalDate firstDay, int customers, int terminals, double radius, long changeDay) {
        /** No day is as late. */
        public static final long NEVER = Long.MAX_VALUE;

        private static final int BOOK_CUSTOMERS = 5_000;
        private static final int BOOK_TERMINALS = 10_000;
        private static final double BOOK_RADIUS = 5;

        /** The book's process. */
        public Settings(long seed, String name, LocalDate firstDay, int customers, int terminals, double radius) {
            this(seed, name, firstDay, customers, terminals, radius, NEVER);
        }

        public Settings {
            if (changeDay < 0) {
                throw new IllegalArgumentException("Change day must be 0 or more, got " + changeDay);
            }
            if (customers < 1) {
                throw new IllegalArgumentException("Customers must be 1 or more, got " + customers);
            }
            if (terminals < 1) {
                throw new IllegalArgumentException("Terminals must be 1 or more, got " + terminals);
            }
            if (!(radius > 0)) {
                throw new IllegalArgumentException("Radius must be above 0, got " + radius);
            }
            if (name.isEmpty() || name.length() > 100) {
                throw new IllegalArgumentException("Name must have 1 to 100 characters, got '" + name + "'");
            }
            if (firstDay.toEpochDay() < 0) {
                throw new IllegalArgumentException("First day must not be before 1970, got " + firstDay);
            }
        }

        /** The published size: about 9,585 transactions a day. */
        public static Settings ofTheBook(long seed, String name, LocalDate firstDay) {
            return new Settings(seed, name, firstDay, BOOK_CUSTOMERS, BOOK_TERMINALS, BOOK_RADIUS);
        }

        /** The same up to a day, counted from 0; from it on fraud comes about otherwise. */
        public Settings withChangeOn(long day) {
            return new Settings(seed, name, firstDay, customers, terminals, radius, day);
        }

        double customersRobbedADay() {
            return customers * SHARE_ROBBED_A_DAY;
        }

        double terminalsCompromisedADay() {
            return 2.0 * terminals / BOOK_TERMINALS;
        }

        double customersCompromisedADay() {
            return 3.0 * customers / BOOK_CUSTOMERS;
        }
    }

    /** @param terminals those within reach */
    private record Customer(double meanAmount, double paymentsADay, int[] terminals) {
        double amount(Draws draws) {
            double amount = draws.normal(meanAmount, meanAmount / 2);
            return amount < 0 ? draws.uniform(0, 2 * meanAmount) : amount;
        }
    }

    private record Payment(long timeMillis, int customer, int terminal, long cents, int scenario) {}

    /**
     * What is compromised on one day.
     *
     * @param customers how many compromises of each customer last: each may steal, so an amount can grow twice
     */
    private record Compromised(Set<Integer> terminals, Map<Integer, Integer> customers) {}

    public CardSimulation(Settings settings) {
        this.settings = settings;
        this.customerIds = ids("c-", settings.customers());
        this.terminalIds = ids("t-", settings.terminals());
        TerminalGrid grid = new TerminalGrid();
        this.customers = new Customer[settings.customers()];
        this.paymentsUpTo = new double[settings.customers()];
        double sum = 0;
        for (int c = 0; c < customers.length; c++) {
            Draws draws = Draws.of(settings.seed(), Kind.CUSTOMER, c, 0);
            int[] reachable = grid.within(draws.uniform(0, SIDE), draws.uniform(0, SIDE), settings.radius());
            customers[c] = new Customer(draws.uniform(5, 100), draws.uniform(0, 4), reachable);
            sum += reachable.length == 0 ? 0 : customers[c].paymentsADay();
            paymentsUpTo[c] = sum;
        }
    }

    public Settings settings() {
        return settings;
    }

    /** The day that {@code epochMillis} falls on; below 0 before the first day. */
    public long dayOf(long epochMillis) {
        return Math.floorDiv(epochMillis, DAY_MILLIS) - settings.firstDay().toEpochDay();
    }

    /** The transactions of one day, in time order. */
    public List<LabelledTransaction> day(long day) {
        requireDay(day);
        Compromised compromised = compromisedOn(day);
        long midnight = (settings.firstDay().toEpochDay() + day) * DAY_MILLIS;
        List<Payment> payments = new ArrayList<>();
        for (int c = 0; c < customers.length; c++) {
            Customer customer = customers[c];
            if (customer.terminals().length == 0) {
                continue;
            }
            Draws draws = Draws.of(settings.seed(), Kind.PAYMENTS, day, c);
            Draws thefts = null;
            int count = draws.poisson(customer.paymentsADay());
            for (int i = 0; i < count; i++) {
                double seconds = draws.normal(NOON_SECONDS, TIME_DEVIATION_SECONDS);
                long millis = (long) Math.floor(seconds * 1000);
                if (millis < 0 || millis >= DAY_MILLIS) {
                    continue;
                }
                if (thefts == null && compromised.customers().containsKey(c)) {
                    thefts = Draws.of(settings.seed(), Kind.THEFT, day, c);
                }
                payments.add(pay(c, midnight + millis, compromised, draws, thefts));
            }
        }
        robbedOn(day).forEach(customer -> {
            Draws draws = Draws.of(settings.seed(), Kind.CARD_TESTS, day, customer);
            for (int i = draws.poisson(TESTS_A_DAY); i > 0; i--) {
                payments.add(test(customer, midnight + (long) draws.uniform(0, DAY_MILLIS / 4.0), draws));
            }
        });
        payments.sort(BY_TIME);
        List<LabelledTransaction> transactions = new ArrayList<>(payments.size());
        for (Payment payment : payments) {
            transactions.add(labelled(payment, settings.name() + "-" + day + "-" + transactions.size()));
        }
        return transactions;
    }

    /** The transactions of the days from {@code from} to {@code to}, both included, a day in memory at a time. */
    public Iterator<LabelledTransaction> days(long from, long to) {
        return new Iterator<>() {
            private long day = from;
            private Iterator<LabelledTransaction> today =
                    List.<LabelledTransaction>of().iterator();

            @Override
            public boolean hasNext() {
                while (!today.hasNext() && day <= to) {
                    today = day(day++).iterator();
                }
                return today.hasNext();
            }

            @Override
            public LabelledTransaction next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("There is no day left after " + to);
                }
                return today.next();
            }
        };
    }

    /**
     * Transactions at a rate of one's own, without end: the same customers with the same habits, drawn in proportion to
     * how often they pay, and with what is compromised on the day in question. A rate above the natural one makes every
     * customer busier; the time of day plays no part. The same arguments give the same transactions.
     *
     * @param fromMillis when it starts, in epoch milliseconds
     * @param perSecond  how many on average; the gaps between them are exponential
     */
    public Iterator<LabelledTransaction> live(long fromMillis, double perSecond) {
        requireDay(dayOf(fromMillis));
        if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
            throw new IllegalArgumentException("Rate must be a number above 0, got " + perSecond);
        }
        if (paymentsUpTo[paymentsUpTo.length - 1] == 0) {
            throw new IllegalStateException(
                    "At least one customer must have a terminal within the radius of " + settings.radius());
        }
        return new Live(fromMillis, 1000 / perSecond);
    }

    private Payment pay(int customer, long timeMillis, Compromised compromised, Draws draws, Draws thefts) {
        Customer payer = customers[customer];
        long cents = Math.round(payer.amount(draws) * 100);
        int terminal = payer.terminals()[draws.index(payer.terminals().length)];
        int scenario = cents > CERTAIN_FRAUD_ABOVE_CENTS ? 1 : 0;
        if (compromised.terminals().contains(terminal)) {
            scenario = 2;
        }
        for (int i = compromised.customers().getOrDefault(customer, 0); i > 0; i--) {
            if (thefts.uniform() < SHARE_OF_THEFTS) {
                cents *= THEFT_MULTIPLE;
                scenario = 3;
            }
        }
        return new Payment(timeMillis, customer, terminal, cents, scenario);
    }

    private Payment test(int customer, long timeMillis, Draws draws) {
        long cents = Math.round(draws.uniform(1, 10) * 100);
        return new Payment(timeMillis, customer, draws.index(settings.terminals()), cents, CARD_TESTING);
    }

    /** Whose cards are tested on a day. */
    private List<Integer> robbedOn(long day) {
        if (day < settings.changeDay()) {
            return List.of();
        }
        List<Integer> robbed = new ArrayList<>();
        for (long since = day - CARD_TESTED_DAYS + 1;
                since <= day;
                since++) { // those robbed before the change among them
            robbed.addAll(sample(Kind.ROBBED_CUSTOMERS, since, settings.customersRobbedADay(), settings.customers()));
        }
        return robbed.stream().distinct().sorted().toList(); // one who is robbed again is tested as before
    }

    private LabelledTransaction labelled(Payment payment, String id) {
        Transaction transaction = new Transaction(
                id,
                payment.timeMillis(),
                customerIds[payment.customer()],
                terminalIds[payment.terminal()],
                payment.cents());
        return new LabelledTransaction(transaction, payment.scenario() > 0, payment.scenario());
    }

    private Compromised compromisedOn(long day) {
        Set<Integer> terminals = new HashSet<>();
        long last = Math.min(day, settings.changeDay() - 1);
        for (long since = Math.max(0, day - TERMINAL_COMPROMISED_DAYS + 1); since <= last; since++) {
            terminals.addAll(sample(
                    Kind.COMPROMISED_TERMINALS, since, settings.terminalsCompromisedADay(), settings.terminals()));
        }
        Map<Integer, Integer> victims = new HashMap<>();
        for (long since = Math.max(0, day - CUSTOMER_COMPROMISED_DAYS + 1); since <= last; since++) {
            sample(Kind.COMPROMISED_CUSTOMERS, since, settings.customersCompromisedADay(), settings.customers())
                    .forEach(customer -> victims.merge(customer, 1, Integer::sum));
        }
        return new Compromised(terminals, victims);
    }

    /** {@code expected} different ones of {@code population}. */
    private Set<Integer> sample(Kind kind, long day, double expected, int population) {
        Draws draws = Draws.of(settings.seed(), kind, day, 0);
        int count = Math.min(population, draws.about(expected));
        Set<Integer> sample = new HashSet<>();
        while (sample.size() < count) {
            sample.add(draws.index(population));
        }
        return sample;
    }

    private static void requireDay(long day) {
        if (day < 0) {
            throw new IllegalArgumentException("Day must be 0 or more, got " + day);
        }
    }

    private static String[] ids(String prefix, int count) {
        String[] ids = new String[count];
        Arrays.setAll(ids, i -> prefix + i);
        return ids;
    }

    private final class Live implements Iterator<LabelledTransaction> {
        private final long fromMillis;
        private final double gapMillis;
        private final Draws draws;
        private final String idPrefix;
        private double elapsedMillis;
        private long count;
        private long day = -1;
        private Compromised compromised;
        private List<Integer> robbed;

        Live(long fromMillis, double gapMillis) {
            this.fromMillis = fromMillis;
            this.gapMillis = gapMillis;
            this.draws = Draws.of(settings.seed(), Kind.LIVE, fromMillis, 0);
            this.idPrefix = settings.name() + "-live-" + Long.toString(fromMillis, Character.MAX_RADIX) + "-";
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public LabelledTransaction next() {
            elapsedMillis += draws.exponential(gapMillis);
            long timeMillis = fromMillis + (long) elapsedMillis;
            if (dayOf(timeMillis) != day) {
                day = dayOf(timeMillis);
                compromised = compromisedOn(day);
                robbed = robbedOn(day);
            }
            double tests = robbed.size() * TESTS_A_DAY;
            if (tests > 0 && draws.uniform() * (tests + paymentsUpTo[paymentsUpTo.length - 1]) < tests) {
                return labelled(test(robbed.get(draws.index(robbed.size())), timeMillis, draws), idPrefix + count++);
            }
            return labelled(pay(anyCustomer(), timeMillis, compromised, draws, draws), idPrefix + count++);
        }

        private int anyCustomer() {
            double point = draws.uniform(0, paymentsUpTo[paymentsUpTo.length - 1]);
            int found = Arrays.binarySearch(paymentsUpTo, point);
            // Exactly at a customer's upper edge is the next one's lower edge; those who never pay have no width.
            int customer = found < 0 ? -found - 1 : found + 1;
            while (customers[customer].terminals().length == 0 || paymentsUpTo[customer] <= point) {
                customer++;
            }
            return customer;
        }
    }

    /** Terminals by square of the plane, so that a customer looks only at those nearby. */
    private final class TerminalGrid {
        private static final int MOST_SQUARES_A_SIDE = 500;

        private final int squares;
        private final double[] x = new double[settings.terminals()];
        private final double[] y = new double[settings.terminals()];
        private final List<List<Integer>> bySquare = new ArrayList<>();

        TerminalGrid() {
            squares = (int) Math.max(1, Math.min(MOST_SQUARES_A_SIDE, SIDE / settings.radius()));
            for (int i = 0; i < squares * squares; i++) {
                bySquare.add(new ArrayList<>());
            }
            for (int t = 0; t < x.length; t++) {
                Draws draws = Draws.of(settings.seed(), Kind.TERMINAL, t, 0);
                x[t] = draws.uniform(0, SIDE);
                y[t] = draws.uniform(0, SIDE);
                bySquare.get(square(x[t]) * squares + square(y[t])).add(t);
            }
        }

        int[] within(double cx, double cy, double radius) {
            List<Integer> found = new ArrayList<>();
            for (int i = square(cx - radius); i <= square(cx + radius); i++) {
                for (int j = square(cy - radius); j <= square(cy + radius); j++) {
                    for (int t : bySquare.get(i * squares + j)) {
                        double dx = x[t] - cx;
                        double dy = y[t] - cy;
                        if (dx * dx + dy * dy < radius * radius) {
                            found.add(t);
                        }
                    }
                }
            }
            return found.stream().mapToInt(Integer::intValue).toArray();
        }

        private int square(double coordinate) {
            return (int) Math.max(0, Math.min(squares - 1, coordinate * squares / SIDE));
        }
    }
}
