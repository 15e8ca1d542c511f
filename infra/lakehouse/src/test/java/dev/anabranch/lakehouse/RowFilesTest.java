package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFilesTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "name", Types.StringType.get()));

    @TempDir
    Path folder;

    @Test
    void noFileHasAnEmptyFolderInItsName() {
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.under(folder))) {
            Table whole = lakehouse.table(TableIdentifier.of("t", "whole"), SCHEMA, PartitionSpec.unpartitioned());
            Table byName = lakehouse.table(
                    TableIdentifier.of("t", "by_name"),
                    SCHEMA,
                    PartitionSpec.builderFor(SCHEMA).identity("name").build());
            assertThat(List.of(written(whole), written(byName)))
                    .allSatisfy(location ->
                            assertThat(location).matches("file:/+[^/].*").doesNotContainPattern("[^:/]//"));
        }
    }

    private static String written(Table table) {
        RowFiles files = new RowFiles(table, 0);
        GenericRecord row = GenericRecord.create(SCHEMA);
        row.setField("name", "one");
        files.write(row);
        List<DataFile> done = files.complete();
        assertThat(done).hasSize(1);
        return done.get(0).location();
    }
}
