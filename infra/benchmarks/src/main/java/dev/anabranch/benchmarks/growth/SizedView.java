package dev.anabranch.benchmarks.growth;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.ControlTopic;
import dev.anabranch.batch.view.AnnouncedGenerations;
import dev.anabranch.batch.view.ViewGeneration;
import dev.anabranch.batch.view.Views;
import dev.anabranch.benchmarks.Contender;
import dev.anabranch.contract.Generation;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;

/**
 * What customers spent, over an archive of a known size: a history, which the first generation has taken over, and payments
 * after it, which are new. Each piece of work begins where the first generation stood, so that it may be done again.
 *
 * <p>A customer has four payments, in the history and among the new ones, so that there are as many entities as the size asks
 * for, and rows are of one length.
 */
final class SizedView implements UseCase {
    private static final int PAYMENTS_EACH = 4;
    /** 2025-06-15, late in the day: what is new is of the day that the history ends on. */
    private static final long NOW = 1_750_000_000_000L;

    private static final long PAST = Duration.ofDays(30).toMillis();
    private static final long LATELY = Duration.ofHours(2).toMillis();

    private final BatchSession session;
    private final String name;
    private final EventType<Transaction> payments;
    private final View<CustomerActivity> view;
    private final long[] ends;
    private final ArchiveState history;
    private final ArchiveState all;
    private final Generation first;
    private final long firstSnapshot;

    /**
     * Fills its archive and makes the first generation.
     *
     * @param name    in lower case
     * @param history how many payments that is of
     * @param runs    in how many runs it was taken over
     * @param fresh   how many come after it
     */
    SizedView(BatchSession session, String name, int history, int runs, int fresh) throws Exception {
        this.session = session;
        this.name = name;
        payments = EventType.named(name, Transaction.class)
                .identifiedBy("transactionId", Transaction::getTransactionId)
                .happenedAt(Transaction::getEventTimeMillis)
                .keyedBy("customerId", Transaction::getCustomerId)
                .declare();
        view = View.named(name + ".customer", CustomerActivity.MONOID)
                .from(Source.of(payments).by(Transaction::getCustomerId).as(CustomerActivity::of))
                .over(FraudViews.CUSTOMER.windows().toArray(Window[]::new))
                .declare();
        ends = new long[session.config().partitions()];
        makeTopic();
        for (int i = 0; i < runs; i++) {
            long step = (PAST - LATELY) / runs;
            archive(history / runs, PAST - i * step, PAST - (i + 1) * step);
            bringUpToDate(ArchiveState.of(session.lakehouse(), this), false);
        }
        this.history = ArchiveState.of(session.lakehouse(), this);
        first = new AnnouncedGenerations(bootstrapServers()).latest(view.name()).orElseThrow();
        firstSnapshot = tiles().currentSnapshot().snapshotId();
        archive(fresh, LATELY, 0);
        all = ArchiveState.of(session.lakehouse(), this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<EventType<?>> events() {
        return List.of(payments);
    }

    @Override
    public List<View<?>> views() {
        return List.of(view);
    }

    /** The next generation, by what is new. */
    Contender.Work advance() {
        backToTheFirst();
        return bringUpToDate(all, false);
    }

    /** The generation over the history, from the first payment on. */
    Contender.Work recompute() {
        backToTheFirst();
        return bringUpToDate(history, true);
    }

    /** A run that finds nothing new. */
    Contender.Work nothing() {
        backToTheFirst();
        return bringUpToDate(history, false);
    }

    private Contender.Work bringUpToDate(ArchiveState state, boolean full) {
        BatchRun run = new BatchRun(
                "growth",
                this,
                session,
                state.cut(),
                state.snapshots(),
                Clock.systemUTC(),
                stage -> System.err.println(stage.told()));
        ViewGeneration made = new Views(run).bringUpToDate(view, full).orElseThrow();
        long read = run.stages().get(0).rows();
        long published = run.stages().get(1).rows();
        return new Contender.Work(read, published * 31 + made.cut().hashCode());
    }

    private void backToTheFirst() {
        Table tiles = tiles();
        if (tiles.currentSnapshot().snapshotId() != firstSnapshot) {
            tiles.manageSnapshots().rollbackTo(firstSnapshot).commit();
            new ControlTopic(bootstrapServers(), Topics.GENERATIONS)
                    .publish(view.name(), Wire.GENERATION.encode(first));
        }
    }

    private Table tiles() {
        return session.lakehouse()
                .find(TableIdentifier.of("views", EventTables.sqlName(view.name())))
                .orElseThrow();
    }

    private void archive(int count, long from, long to) {
        SplittableRandom random = new SplittableRandom(count);
        CutTable table = new CutTable(session.lakehouse().events(payments));
        Cut before = table.cut();
        RecordRow row = new RecordRow(payments.schema(), table.table().schema());
        RowFiles files = new RowFiles(table.table(), 0);
        int customers = Math.max(1, count / PAYMENTS_EACH);
        for (int i = 0; i < count; i++) {
            long at = NOW - from + (long) ((double) (from - to) * i / count);
            String customer = "c-" + random.nextInt(customers);
            Transaction payment = new Transaction("p-" + i, at, customer, "t-1", 1L + random.nextInt(50_000));
            int partition = BuiltInPartitioner.partitionForKey(Utils.utf8(customer), ends.length);
            files.write(row.show(payment, at, partition, ends[partition]++, at));
        }
        List<DataFile> done = new ArrayList<>(files.complete());
        Map<Origin, Long> moved = new HashMap<>();
        for (int partition = 0; partition < ends.length; partition++) {
            // Offsets may have gaps: the next payment is the first of a block, so that the cut leaves no payment out.
            ends[partition] = Math.floorDiv(ends[partition] + Cut.BLOCK - 1, Cut.BLOCK) * Cut.BLOCK;
            moved.put(new Origin(payments.topic(), partition), ends[partition]);
        }
        if (!table.append(done, before, moved)) {
            throw new IllegalStateException("Nobody else may write to " + table.table());
        }
    }

    private void makeTopic() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(Topics.batchView(view.name()), ends.length, (short) 1)))
                    .all()
                    .get();
        }
    }

    private String bootstrapServers() {
        return session.config().kafka().bootstrapServers();
    }
}
