package dev.anabranch.local.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final String SCRAPED = """
            # HELP rows_total Rows
            # TYPE rows_total counter
            rows_total{topic="events.transaction"} 288062.0
            rows_total{topic="events.fraud-label"} 1.5E2
            rows_total_of_another{topic="events.transaction"} 7.0
            up 1.0
            """;

    @Test
    void samplesWithTheLabelAreAddedUp() throws IOException {
        assertThat(sum("rows_total", "topic=\"events.fraud-label\"")).isEqualTo(150);
        assertThat(sum("rows_total", "topic=")).isEqualTo(288_212);
    }

    @Test
    void aSampleWithoutLabelsIsFoundByItsName() throws IOException {
        assertThat(sum("up", "")).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsNothing() throws IOException {
        assertThat(sum("down", "")).isZero();
    }

    private static double sum(String name, String labels) throws IOException {
        try (AnsweringServer server = new AnsweringServer(asked -> SCRAPED)) {
            return new Metrics(server.address() + "/metrics").sum(name, labels);
        }
    }
}
