package dev.anabranch.batch.view;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.contract.Generation;
import dev.anabranch.lakehouse.GenerationTable;
import dev.anabranch.view.View;
import java.util.Optional;

/** One view's part of a run: its next generation in the table, in the list of generations, and in Kafka. */
public final class Views {
    private final BatchRun run;
    private final AnnouncedGenerations announcements;
    private final GenerationTable generations;

    public Views(BatchRun run) {
        this.run = run;
        this.announcements =
                new AnnouncedGenerations(run.session().config().kafka().bootstrapServers());
        this.generations = new GenerationTable(run.session().lakehouse());
    }

    /**
     * Advances a view to the run's cut and publishes it. A publication that an earlier run did not finish is finished,
     * too.
     *
     * @param full whether to start again from the first event
     * @return the newest generation; empty when there is none yet
     */
    public <A> Optional<ViewGeneration> bringUpToDate(View<A> view, boolean full) {
        Optional<Generation> announced = announcements.latest(view.name());
        ViewAdvance.Advanced advanced = run.stage(
                "advance " + view,
                () -> new ViewAdvance<>(run, view).advance(announced, full),
                ViewAdvance.Advanced::eventsRead);
        advanced.newest().ifPresent(newest -> {
            generations.record(newest.header(), newest.snapshots());
            ViewPublication<A> publication = new ViewPublication<>(run.session(), view, announcements, run.clock());
            run.stage("publish " + view, () -> publication.publish(newest, announced));
        });
        return advanced.newest();
    }
}
