package dev.anabranch.lakehouse;

import dev.anabranch.view.Position;
import java.io.Serializable;
import org.apache.avro.specific.SpecificRecord;

/**
 * A record of the log, as the archive keeps it.
 *
 * @param position      where it stands in the log
 * @param arrivalMillis when the broker appended it, in epoch milliseconds
 * @param event         the record itself
 */
public record ArchivedEvent<E extends SpecificRecord>(Position position, long arrivalMillis, E event)
        implements Serializable {}
