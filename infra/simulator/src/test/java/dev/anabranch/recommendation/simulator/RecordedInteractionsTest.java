package dev.anabranch.recommendation.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.simulator.BrokenFileException;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedInteractionsTest {
    private static final String CLICKS =
            "event_id,event_time,event_type,user_id,item_id,session_id,client,country,region\n";

    @TempDir
    Path folder;

    @Test
    void aClickstreamBecomesInteractionsWithTheItemBeforeInTheVisit() throws IOException {
        Path file = Files.writeString(folder.resolve("a.csv"), CLICKS + """
                0,2016-03-14T13:54:36Z,view,-389,807,s,web,BR,SP
                1,2016-03-14T13:54:36Z,like,-389,807,s,,,
                2,2016-03-14T13:54:37Z,view,-389,-9007199254740993,s,web,BR,SP
                """);
        List<SimulatedEvent<?>> events = all(file, 1_000);
        Interaction last = (Interaction) events.get(2).record();
        assertThat(events).hasSize(3);
        assertThat(last)
                .isEqualTo(new Interaction(
                        "2", 1_457_963_678_000L, "-389", "-9007199254740993", "s", "view", 1_000L, "BR", "807"));
        assertThat(((Interaction) events.get(1).record()).getPreviousItemId()).isEmpty();
    }

    @Test
    void ofInvoicesOnlySalesToKnownCustomersCountAndAnItemIsPublishedFirst() throws IOException {
        Path file = Files.writeString(folder.resolve("b.csv"), """
                invoice_no,line_no,invoice_time,stock_code,description,quantity,unit_price,customer_id,country
                536365,1,2010-12-01T08:26:00Z,85123A,"HEART, ""WHITE\""",6,2.55,17850,United Kingdom
                536365,2,2010-12-01T08:26:00Z,POST,POSTAGE,6,2.55,17850,United Kingdom
                C36366,1,2010-12-01T08:27:00Z,85123A,HEART,-6,2.55,17850,United Kingdom
                536367,1,2010-12-01T08:28:00Z,85123A,HEART,6,2.55,,United Kingdom
                """);
        List<SimulatedEvent<?>> events = all(file, 0);
        assertThat(events).hasSize(2);
        assertThat(((Item) events.get(0).record()).getAttributes())
                .isEqualTo(Map.of("description", "HEART, \"WHITE\""));
        assertThat(((Interaction) events.get(1).record()).getType()).isEqualTo("purchase");
    }

    @Test
    void aRowThatBreaksARuleIsNamedByFileAndLine() throws IOException {
        Path file =
                Files.writeString(folder.resolve("c.csv"), CLICKS + "0,2016-03-14T13:54:36Z,stare,1,2,3,web,BR,SP\n");
        assertThatThrownBy(() -> all(file, 0))
                .isInstanceOf(BrokenFileException.class)
                .hasMessageStartingWith("c.csv line 2: event_type must be one of")
                .hasMessageEndingWith("got 'stare'");
    }

    @Test
    void theClickstreamHasTheEventsThatItsDescriptionNames() throws IOException {
        Path data = Path.of(System.getProperty("anabranch.data", "../../../shared/data"), "clickstream");
        assumeTrue(Files.isDirectory(data), () -> "There is no data set in " + data + "; set -Danabranch.data");
        Map<String, Integer> byType = new HashMap<>();
        all(data, 0).forEach(e -> byType.merge(((Interaction) e.record()).getType(), 1, Integer::sum));
        assertThat(byType)
                .isEqualTo(Map.of("view", 61_086, "like", 5_745, "bookmark", 2_463, "comment", 1_611, "follow", 1_407));
    }

    private static List<SimulatedEvent<?>> all(Path data, long shiftMillis) throws IOException {
        List<SimulatedEvent<?>> events = new ArrayList<>();
        try (RecordedInteractions recorded = RecordedInteractions.open(data, shiftMillis)) {
            recorded.forEachRemaining(events::add);
        }
        return events;
    }
}
