package dev.anabranch.benchmarks.training;

/** The features in SQL, over a table {@code payments (i, customer, made, cents)}. */
final class Windows {
    private Windows() {}

    /** @param division the operator that divides whole numbers and rounds down */
    static String sql(String division) {
        StringBuilder columns = new StringBuilder();
        StringBuilder windows = new StringBuilder();
        for (int w = 0; w < Digest.WINDOWS.length; w++) {
            columns.append(", count(*) over w").append(w).append(" as c").append(w);
            columns.append(", sum(cents) over w").append(w).append(" as s").append(w);
            windows.append(w == 0 ? " window " : ", ");
            windows.append("w").append(w).append(" as (partition by customer order by made range between ");
            windows.append(Digest.WINDOWS[w]).append(" preceding and 1 preceding)");
        }
        return "select count(*), " + Digest.sql(division) + " from (select i" + columns + " from payments" + windows
                + ") features";
    }
}
