package dev.anabranch.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.faults.inject.Scene;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * The archive against the log: every event of the log must be a row, once, and every record that is no event a dead letter.
 *
 * @param archived   rows, each position counted once
 * @param repeated   rows whose position another row has, too
 * @param missing    events of the log that are no rows
 * @param foreign    rows that are no events of the log
 * @param letters    dead letters
 * @param lettersOff records that are no events and no dead letters, or the other way round
 * @param told       the first differences, in words
 */
record ArchiveBalance(
        long archived, long repeated, long missing, long foreign, long letters, long lettersOff, List<String> told) {
    boolean right() {
        return repeated == 0 && missing == 0 && foreign == 0 && lettersOff == 0;
    }

    /** @param audit what {@code BatchMain audit} wrote */
    static ArchiveBalance of(Scene scene, Path audit) throws IOException {
        JsonNode report = new ObjectMapper().readTree(audit.toFile());
        String topic = scene.traffic().type().topic();
        long archived = 0;
        long repeated = 0;
        long missing = 0;
        long foreign = 0;
        long letters = 0;
        long lettersOff = 0;
        List<String> told = new ArrayList<>();
        for (int number = 0; number < scene.verification().partitions(); number++) {
            TopicPartition partition = new TopicPartition(topic, number);
            JsonNode rows = report.get("events").path(partition.toString());
            BitSet held = offsets(rows);
            BitSet events = scene.ledger().offsets(number);
            archived += held.cardinality();
            repeated += rows.path("repeated").asLong() + 0;
            missing += beyond(events, held, partition + " lacks", told);
            foreign += beyond(held, events, partition + " has, though no event,", told);
            BitSet kept = offsets(report.get("dead_letters").path(partition.toString()));
            BitSet refused = scene.ledger().refusedOffsets(number);
            letters += kept.cardinality();
            scene.holes(partition).forEach(hole -> refused.clear((int) hole.from(), (int) hole.to()));
            lettersOff += beyond(refused, kept, partition + " has not as dead letters", told);
            lettersOff += beyond(kept, refused, partition + " has as dead letters, though events,", told);
        }
        return new ArchiveBalance(archived, repeated, missing, foreign, letters, lettersOff, told);
    }

    private static long beyond(BitSet some, BitSet others, String what, List<String> told) {
        BitSet rest = (BitSet) some.clone();
        rest.andNot(others);
        if (!rest.isEmpty()) {
            told.add("The archive of " + what + " offsets " + rest.nextSetBit(0) + " to " + (rest.length() - 1) + ": "
                    + rest.cardinality() + " of them");
        }
        return rest.cardinality();
    }

    private static BitSet offsets(JsonNode held) {
        BitSet offsets = new BitSet();
        held.path("offsets")
                .forEach(range -> offsets.set(range.get(0).asInt(), range.get(1).asInt()));
        return offsets;
    }
}
