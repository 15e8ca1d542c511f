package dev.anabranch.batch.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** The local disk under a scheme of its own, which can be full: what is created then is written to {@link #FULL}. */
public final class SmallDisk extends RawLocalFileSystem {
    /** A device without room. */
    static final Path FULL = Path.of("/dev/full");

    private static final String SCHEME = "smalldisk";
    private static volatile boolean full;

    static String warehouse(Path folder) {
        return SCHEME + ":" + folder.toAbsolutePath();
    }

    static void full(boolean is) {
        full = is;
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    protected OutputStream createOutputStreamWithMode(
            org.apache.hadoop.fs.Path path, boolean append, FsPermission permission) throws IOException {
        return full
                ? super.createOutputStreamWithMode(
                        new org.apache.hadoop.fs.Path(getUri().resolve(FULL.toString())), append, null)
                : super.createOutputStreamWithMode(path, append, permission);
    }
}
