package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.View;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.expressions.Expression;

/** Somebody who wants to know what the archive has of some entities of a view. */
interface Interested {
    View<?> view();

    /**
     * Which rows of a type's table may matter: those of the entities, where the columns tell, before the last position and
     * not before all windows. Rows let through are looked at again.
     */
    Expression rows(EventType<?> type);

    /** Is told of an event that may matter. */
    <E extends SpecificRecord> void take(EventType<E> type, ArchivedEvent<E> archived);
}
