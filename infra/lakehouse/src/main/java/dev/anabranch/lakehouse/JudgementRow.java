package dev.anabranch.lakehouse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;

/** A {@link Judgement} as the column {@code judgement} of a table. */
final class JudgementRow {
    private JudgementRow() {}

    /** @param id the first of 20 that no other field of the schema has */
    static Types.StructType type(int id) {
        Types.StructType gate = Types.StructType.of(
                Types.NestedField.required(id, "name", Types.StringType.get()),
                Types.NestedField.optional(id + 1, "value", Types.DoubleType.get()),
                Types.NestedField.optional(id + 2, "least", Types.DoubleType.get()),
                Types.NestedField.required(id + 3, "passed", Types.BooleanType.get()),
                Types.NestedField.required(id + 4, "told", Types.StringType.get()));
        Types.StructType compared = Types.StructType.of(
                Types.NestedField.required(id + 5, "metric", Types.StringType.get()),
                Types.NestedField.required(
                        id + 6, "difference", Types.DoubleType.get(), "The version less the champion."),
                Types.NestedField.required(id + 7, "lower", Types.DoubleType.get()),
                Types.NestedField.required(id + 8, "upper", Types.DoubleType.get()),
                Types.NestedField.required(id + 9, "confidence", Types.DoubleType.get()),
                Types.NestedField.required(id + 10, "resamples", Types.IntegerType.get()),
                Types.NestedField.required(id + 11, "entities", Types.IntegerType.get(), "Drawn in each resample."),
                Types.NestedField.required(id + 12, "seed", Types.LongType.get()));
        Types.MapType measured =
                Types.MapType.ofRequired(id + 17, id + 18, Types.StringType.get(), Types.DoubleType.get());
        return Types.StructType.of(
                Types.NestedField.required(id + 13, "gates", Types.ListType.ofRequired(id + 14, gate)),
                Types.NestedField.optional(id + 15, "champion", Types.LongType.get(), "The version that was live."),
                Types.NestedField.required(id + 16, "measured", measured, "What it measured, by metric."),
                Types.NestedField.optional(id + 19, "compared", compared));
    }

    /** With the table's own types: columns that were added to an older table have other ids than ours. */
    static GenericRecord of(Table table, Judgement judgement) {
        Types.StructType type = table.schema().findType("judgement").asStructType();
        Types.StructType gateType =
                type.field("gates").type().asListType().elementType().asStructType();
        GenericRecord row = GenericRecord.create(type);
        List<GenericRecord> gates = new ArrayList<>();
        for (Judgement.Gate each : judgement.gates()) {
            GenericRecord gate = GenericRecord.create(gateType);
            gate.setField("name", each.name());
            gate.setField("value", each.value());
            gate.setField("least", each.least());
            gate.setField("passed", each.passed());
            gate.setField("told", each.told());
            gates.add(gate);
        }
        row.setField("gates", gates);
        row.setField("champion", judgement.champion());
        row.setField("measured", judgement.measured());
        Judgement.Difference difference = judgement.compared();
        if (difference != null) {
            GenericRecord compared =
                    GenericRecord.create(type.field("compared").type().asStructType());
            compared.setField("metric", difference.metric());
            compared.setField("difference", difference.difference());
            compared.setField("lower", difference.lower());
            compared.setField("upper", difference.upper());
            compared.setField("confidence", difference.confidence());
            compared.setField("resamples", difference.resamples());
            compared.setField("entities", difference.entities());
            compared.setField("seed", difference.seed());
            row.setField("compared", compared);
        }
        return row;
    }

    /** @param row of the column; null where there is none */
    static Judgement read(Record row) {
        if (row == null) {
            return null;
        }
        List<Judgement.Gate> gates = new ArrayList<>();
        for (Object each : (List<?>) row.getField("gates")) {
            Record gate = (Record) each;
            gates.add(new Judgement.Gate(
                    (String) gate.getField("name"),
                    (Double) gate.getField("value"),
                    (Double) gate.getField("least"),
                    (Boolean) gate.getField("passed"),
                    (String) gate.getField("told")));
        }
        Record compared = (Record) row.getField("compared");
        return new Judgement(
                gates,
                (Long) row.getField("champion"),
                metrics(row.getField("measured")),
                compared == null
                        ? null
                        : new Judgement.Difference(
                                (String) compared.getField("metric"),
                                (Double) compared.getField("difference"),
                                (Double) compared.getField("lower"),
                                (Double) compared.getField("upper"),
                                (Double) compared.getField("confidence"),
                                (Integer) compared.getField("resamples"),
                                (Integer) compared.getField("entities"),
                                (Long) compared.getField("seed")));
    }

    /** A column of figures by name. */
    static Map<String, Double> metrics(Object column) {
        Map<String, Double> metrics = new TreeMap<>();
        ((Map<?, ?>) column).forEach((of, value) -> metrics.put((String) of, (Double) value));
        return metrics;
    }
}
