package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.lakehouse.ModelDecisions.Decision;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendedRowsTest {
    private static final TableIdentifier NAME = TableIdentifier.of("test", "appended");
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "number", Types.LongType.get()));

    @TempDir
    Path folder;

    private Lakehouse lakehouse;
    private Table table;
    private final AppendedRows rows = new AppendedRows();

    @BeforeEach
    void open() {
        lakehouse = lakehouse();
        table = lakehouse.table(NAME, SCHEMA, PartitionSpec.unpartitioned());
    }

    @AfterEach
    void close() {
        lakehouse.close();
    }

    @Test
    void whatSomebodyElseAppendsIsRead() {
        assertThat(numbers()).isEmpty();
        append(table, 1);
        assertThat(numbers()).containsExactly(1L);
        try (Lakehouse other = lakehouse()) {
            append(other.find(NAME).orElseThrow(), 2);
            append(other.find(NAME).orElseThrow(), 3);
        }
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFileThatWasReadIsNotOpenedAgain() throws Exception {
        append(table, 1);
        assertThat(numbers()).containsExactly(1L);
        try (var files = table.newScan().planFiles()) {
            for (FileScanTask file : files) {
                table.io().deleteFile(file.file().location());
            }
        }
        append(table, 2);
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void asOfAnEarlierSnapshotTheLaterRowsAreNotThere() {
        append(table, 1);
        Snapshot earlier = table.currentSnapshot();
        append(table, 2);
        assertThat(numbers()).containsExactly(1L, 2L);
        assertThat(numbers(earlier)).containsExactly(1L);
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void ofATableMadeAnewNothingIsRemembered() {
        append(table, 1);
        assertThat(numbers()).containsExactly(1L);
        lakehouse.catalog().dropTable(NAME);
        table = lakehouse.table(NAME, SCHEMA, PartitionSpec.unpartitioned());
        append(table, 2);
        assertThat(numbers()).containsExactly(2L);
    }

    @Test
    void aRowThatSomebodyTookOutByHandIsNotRemembered() {
        append(table, 1);
        append(table, 2);
        assertThat(numbers()).containsExactly(1L, 2L);
        table.newDelete().deleteFromRowFilter(Expressions.equal("number", 1L)).commit();
        assertThat(numbers()).containsExactly(2L);
        append(table, 3);
        assertThat(numbers()).containsExactly(2L, 3L);
    }

    @Test
    void whereTheSnapshotThatWasReadHasExpiredAllIsReadAgain() {
        append(table, 1);
        assertThat(numbers()).containsExactly(1L);
        append(table, 2);
        append(table, 3);
        table.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .commit();
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aRowFromBeforeAColumnWasAddedHasNothingInIt() {
        append(table, 1);
        assertThat(numbers()).containsExactly(1L);
        table.updateSchema().addColumn("why", Types.StringType.get()).commit();
        append(table, 2);
        assertThat(rows.at(table, table.currentSnapshot()))
                .extracting(row -> row.getField("why"))
                .containsExactly(null, null);
    }

    @Test
    void aDecisionMadeByAnotherProcessRefusesWhoHasNotSeenIt() {
        try (Lakehouse other = lakehouse()) {
            ModelDecisions here = new ModelDecisions(lakehouse);
            ModelDecisions there = new ModelDecisions(other);
            Optional<Decision> first = here.decide("fraud", Optional.empty(), 1, "ann", "mine", 10);
            Optional<Decision> second = there.decide("fraud", first, 2, "bob", "mine", 11);

            assertThat(here.decide("fraud", first, 3, "ann", "mine", 12)).isEmpty();
            assertThat(here.of("fraud")).containsExactly(first.orElseThrow(), second.orElseThrow());
        }
    }

    private List<Long> numbers() {
        table.refresh();
        return numbers(table.currentSnapshot());
    }

    private List<Long> numbers(Snapshot at) {
        return rows.at(table, at).stream()
                .map(row -> (Long) row.getField("number"))
                .sorted()
                .toList();
    }

    private static void append(Table table, long number) {
        Record row = GenericRecord.create(table.schema());
        row.setField("number", number);
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        var append = table.newAppend();
        for (DataFile file : files.complete()) {
            append.appendFile(file);
        }
        append.commit();
    }

    private Lakehouse lakehouse() {
        return Lakehouse.open(CatalogConfig.under(folder));
    }
}
