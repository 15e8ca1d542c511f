package dev.anabranch.fraud.local;

import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.local.Demo;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Metrics;
import dev.anabranch.local.check.Progress;
import java.io.IOException;
import java.util.List;

/** What of the payments and labels that were published the layers have yet to take in. */
final class Backlog {
    static final List<String> TOPICS = List.of(FraudEvents.TRANSACTION.topic(), FraudEvents.FRAUD_LABEL.topic());

    private final Demo.Stage stage;
    private final Progress progress;

    Backlog(Demo.Stage stage, Progress progress) {
        this.stage = stage;
        this.progress = progress;
    }

    long inTheStream() throws InterruptedException {
        return progress.behind(Topics.speedApplication(FraudUseCase.NAME), TOPICS);
    }

    long inTheArchive() throws InterruptedException, IOException {
        long events = progress.ends(TOPICS).values().stream().mapToLong(n -> n).sum();
        return events - archivedRows() - counted("anabranch_archive_dead_letters_total");
    }

    long archivedRows() throws IOException {
        return counted("anabranch_archive_rows_total");
    }

    private long counted(String name) throws IOException {
        Metrics archiver = stage.metrics(Services.ARCHIVER);
        double sum = 0;
        for (String topic : TOPICS) {
            sum += archiver.sum(name, "topic=\"" + topic + "\"");
        }
        return (long) sum;
    }
}
