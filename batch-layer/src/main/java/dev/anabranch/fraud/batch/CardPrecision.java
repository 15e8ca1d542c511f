package dev.anabranch.fraud.batch;

import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Card precision@k: of the k cards that look worst each day, how many were compromised, as a share of k. It is what a
 * team that can look at k cards a day would find.
 *
 * <p>A card scores what its worst payment of the day scores, and counts as found when any of its payments that day was
 * fraudulent, whichever it was. A card that was found is blocked and not looked at on the days after. Where two cards
 * score the same, the smaller id is looked at first.
 */
final class CardPrecision {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private CardPrecision() {}

    /**
     * The mean over the days (of UTC) that have payments.
     *
     * @param scores one for each row
     * @param k      how many cards are looked at each day
     */
    static double at(int k, HeldOut rows, double[] scores) {
        SortedMap<Long, Map<String, Card>> days = byDay(rows, scores);
        Set<String> blocked = new HashSet<>();
        long found = 0;
        for (Map<String, Card> cards : days.values()) {
            cards.keySet().removeAll(blocked);
            List<Card> worst = new ArrayList<>(cards.values());
            worst.sort(Card.WORST_FIRST);
            for (Card card : worst.subList(0, Math.min(k, worst.size()))) {
                if (card.fraud) {
                    blocked.add(card.id);
                    found++;
                }
            }
        }
        return days.isEmpty() ? 0 : (double) found / k / days.size();
    }

    private static SortedMap<Long, Map<String, Card>> byDay(HeldOut rows, double[] scores) {
        SortedMap<Long, Map<String, Card>> days = new TreeMap<>();
        for (int i = 0; i < scores.length; i++) {
            HeldOutRow row = rows.rows().get(i);
            days.computeIfAbsent(Math.floorDiv(row.atMillis(), DAY_MILLIS), day -> new HashMap<>())
                    .merge(row.entity(), new Card(row.entity(), scores[i], row.target() == 1), Card::plus);
        }
        return days;
    }

    /** What one card did on one day. */
    private record Card(String id, double score, boolean fraud) {
        static final Comparator<Card> WORST_FIRST =
                Comparator.comparingDouble(Card::score).reversed().thenComparing(Card::id);

        Card plus(Card other) {
            return new Card(id, Math.max(score, other.score), fraud || other.fraud);
        }
    }
}
