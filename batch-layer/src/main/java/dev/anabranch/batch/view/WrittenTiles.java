package dev.anabranch.batch.view;

import java.io.Serializable;
import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * Files of a view's table that are yet to be committed. Public because Spark carries no other classes.
 *
 * @param tiles how many tiles they hold
 */
public record WrittenTiles(List<DataFile> files, long tiles) implements Serializable {}
