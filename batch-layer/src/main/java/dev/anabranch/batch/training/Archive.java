package dev.anabranch.batch.training;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Cut;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The part of the archive that may be learnt from. Rows have the columns of {@link dev.anabranch.lakehouse.EventTables}. */
public interface Archive {
    /** The archived events of a type. */
    Dataset<Row> events(EventType<?> type);

    /** Every prediction that was logged; empty when none ever was. */
    Optional<Dataset<Row>> predictions();

    /** The cut of each generation of a view, by its number: what the predictions' readings refer to. */
    Map<Long, Cut> generations(String view);
}
