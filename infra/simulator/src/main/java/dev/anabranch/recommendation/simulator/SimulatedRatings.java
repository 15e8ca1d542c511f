package dev.anabranch.recommendation.simulator;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Random;

/**
 * Ratings of the shape of MovieLens 100K, for where no such file is at hand: 943 users, 1,682 films, about 100,000 ratings,
 * few users with many and few films with most of them. Whom a film reaches is decided by its fame and by how near it is to
 * the user's taste, how it is rated by how near it is. Figures measured on it say that a measurement works; they are not
 * figures on MovieLens.
 */
public final class SimulatedRatings {
    private static final int USERS = 943;
    private static final int FILMS = 1_682;
    private static final int TASTES = 12;
    private static final int LEAST = 20;
    private static final double FAME = 1.1;
    private static final double NEARNESS = 1.1;

    private SimulatedRatings() {}

    /** Writes a csv with the columns {@code user,item,rating,timestamp}. */
    public static void write(Path file, long seed) throws IOException {
        Random random = new Random(seed);
        double[][] films = points(random, FILMS);
        double[][] users = points(random, USERS);
        double[] fame = new double[FILMS];
        for (int film = 0; film < FILMS; film++) {
            fame[film] = FAME * random.nextGaussian();
        }
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("user,item,rating,timestamp\n");
            for (int user = 0; user < USERS; user++) {
                int count = (int) Math.min(700, LEAST + Math.exp(3.6 + 1.15 * random.nextGaussian()));
                write(user, count, users[user], films, fame, random, out);
            }
        }
    }

    private static void write(
            int user, int count, double[] taste, double[][] films, double[] fame, Random random, BufferedWriter out)
            throws IOException {
        double[] drawn = new double[FILMS];
        double[] near = new double[FILMS];
        Integer[] order = new Integer[FILMS];
        for (int film = 0; film < FILMS; film++) {
            for (int d = 0; d < TASTES; d++) {
                near[film] += taste[d] * films[film][d];
            }
            // The greatest of these are a draw without replacement, each film weighed by the exponential of the first
            // two.
            double chance = -Math.log(-Math.log(random.nextDouble() * 0.999998 + 0.000001));
            drawn[film] = fame[film] + NEARNESS * near[film] + chance;
            order[film] = film;
        }
        Arrays.sort(order, Comparator.comparingDouble((Integer film) -> -drawn[film]));
        for (int i = 0; i < count; i++) {
            int film = order[i];
            long rating = Math.max(1, Math.min(5, Math.round(3.3 + 0.6 * near[film] + 0.8 * random.nextGaussian())));
            out.write(String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%d%n",
                    user + 1,
                    film + 1,
                    rating,
                    880_000_000L + random.nextInt(10_000_000)));
        }
    }

    private static double[][] points(Random random, int count) {
        double[][] points = new double[count][TASTES];
        for (double[] point : points) {
            for (int d = 0; d < TASTES; d++) {
                point[d] = random.nextGaussian() / Math.sqrt(d + 1); // some tastes divide more than others
            }
        }
        return points;
    }
}
