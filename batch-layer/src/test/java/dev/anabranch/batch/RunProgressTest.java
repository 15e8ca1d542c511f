package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.lakehouse.RunHistory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunProgressTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Hand hand = new Hand();
    private RunProgress progress;

    @AfterEach
    void close() {
        progress.close();
    }

    @Test
    void howFarARunIsFollowsFromWhatTheStagesTookLastTime() {
        progress = of(stage("views", 30_000), stage("train", 60_000), stage("maintenance", 10_000));

        progress.begins("views");
        hand.at = 15_000;
        assertThat(progress.line()).isEqualTo("[===                     ]  15 %  views  15 s (30 s last time)");
        progress.done(new BatchRun.Stage("views", 0, 20_000, 7)); // faster than last time

        progress.begins("train");
        hand.at = 45_000;
        assertThat(progress.line()).isEqualTo("[==============          ]  60 %  train  30 s (60 s last time)");
        hand.at = 200_000;
        assertThat(progress.line()).as("it takes longer, and waits").startsWith("[=====================   ]  90 %");
    }

    @Test
    void aStageThatTheLastRunDidNotHaveCountsAsItGoes() {
        progress = of(stage("train", 60_000));

        progress.begins("look for drift");
        hand.at = 20_000;
        assertThat(progress.line()).isEqualTo("[======                  ]  25 %  look for drift  20 s");
        progress.done(new BatchRun.Stage("look for drift", 0, 20_000, 3));
        progress.begins("train");
        assertThat(progress.line()).startsWith("[======                  ]  25 %");
    }

    @Test
    void aFirstRunIsNeverFurtherThanWhereItIs() {
        progress = of();

        progress.begins("views");
        assertThat(progress.line()).isEqualTo("[                        ]   0 %  views  0 s");
    }

    @Test
    void aStageThatIsDoneIsALineThatStays() {
        progress = of();

        progress.begins("views");
        progress.done(new BatchRun.Stage("views", 0, 1_500, 12));
        progress.close();

        String[] drawn = printed.toString(StandardCharsets.UTF_8).split("\r");
        assertThat(drawn[drawn.length - 1]).isEqualTo("views: 12 rows in 1.5 s" + System.lineSeparator());
    }

    private RunProgress of(RunHistory.Stage... last) {
        return new RunProgress(new PrintStream(printed, true, StandardCharsets.UTF_8), hand, List.of(last));
    }

    private static RunHistory.Stage stage(String name, long took) {
        return new RunHistory.Stage(name, 0, took, 0);
    }

    /** A clock that is set by hand. */
    private static final class Hand extends Clock {
        private volatile long at;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(at);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
