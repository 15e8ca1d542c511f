package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForklessLocalFileSystemTest {
    @TempDir
    Path folder;

    @Test
    void filesFoldersAndChecksumsHaveThePermissionsThatHadoopGivesThem() throws IOException {
        Path theirs = Files.createDirectory(folder.resolve("theirs"));
        Path ours = Files.createDirectory(folder.resolve("ours"));
        write(new LocalFileSystem(), theirs);
        write(new ForklessLocalFileSystem(), ours);
        assertThat(described(ours)).isEqualTo(described(theirs)).contains("a/.b.crc rw-r-----", "a/b rw-r-----");
    }

    private static void write(LocalFileSystem files, Path in) throws IOException {
        files.initialize(in.toUri(), new Configuration());
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(in.toUri() + "/a/b");
        try (OutputStream out = files.create(file)) {
            out.write(1);
        }
        files.mkdirs(new org.apache.hadoop.fs.Path(in.toUri() + "/c"), new FsPermission("1777"));
        files.setPermission(file, new FsPermission("640"));
        files.setPermission(files.getChecksumFile(file), new FsPermission("640"));
    }

    private static List<String> described(Path in) throws IOException {
        try (Stream<Path> found = Files.walk(in)) {
            return found.map(each -> in.relativize(each) + " " + permissions(each))
                    .sorted()
                    .toList();
        }
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCommitStartsNoProcess() throws IOException {
        Schema schema = new Schema(Types.NestedField.required(1, "name", Types.StringType.get()));
        FileSystem.closeAll(); // one that another test made, with other settings, would be used here
        Path recorded = folder.resolve("recorded.jfr");
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.under(folder.resolve("data")));
                Recording recording = new Recording()) {
            recording.enable("jdk.ProcessStart");
            recording.start();
            Table table = lakehouse.table(TableIdentifier.of("t", "t"), schema, PartitionSpec.unpartitioned());
            RowFiles files = new RowFiles(table, 0);
            GenericRecord row = GenericRecord.create(schema);
            row.setField("name", "one");
            files.write(row);
            table.newAppend().appendFile(files.complete().get(0)).commit();
            recording.dump(recorded);
        }
        assertThat(RecordingFile.readAllEvents(recorded))
                .extracting(RecordedEvent::toString)
                .isEmpty();
    }
}
