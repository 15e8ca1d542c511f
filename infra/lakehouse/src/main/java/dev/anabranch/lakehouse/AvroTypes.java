package dev.anabranch.lakehouse;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Avro schemas as Iceberg types. Iceberg has such a conversion, but the Avro it takes is a copy of its own inside its
 * Spark runtime, which ours cannot be handed to.
 */
final class AvroTypes {
    private int fields;

    List<Types.NestedField> fields(Schema record) {
        List<Types.NestedField> columns = new ArrayList<>();
        for (Schema.Field field : record.getFields()) {
            columns.add(field(field.name(), field.schema(), field.doc()));
        }
        return columns;
    }

    Types.NestedField required(String name, Type type, String doc) {
        return Types.NestedField.required(++fields, name, type, doc);
    }

    private Types.NestedField field(String name, Schema schema, String doc) {
        int id = ++fields;
        return schema.isNullable()
                ? Types.NestedField.optional(id, name, type(schema), doc)
                : Types.NestedField.required(id, name, type(schema), doc);
    }

    private Type type(Schema schema) {
        return switch (schema.getType()) {
            case STRING, ENUM -> Types.StringType.get();
            case LONG -> Types.LongType.get();
            case INT -> Types.IntegerType.get();
            case DOUBLE -> Types.DoubleType.get();
            case FLOAT -> Types.FloatType.get();
            case BOOLEAN -> Types.BooleanType.get();
            case BYTES -> Types.BinaryType.get();
            case RECORD -> Types.StructType.of(fields(schema));
            case ARRAY -> Types.ListType.ofRequired(++fields, type(schema.getElementType()));
            case MAP ->
                Types.MapType.ofRequired(++fields, ++fields, Types.StringType.get(), type(schema.getValueType()));
            case UNION -> type(onlyBranch(schema));
            default -> throw new IllegalArgumentException("No column type for Avro's " + schema.getType());
        };
    }

    /** The branch of {@code [null, branch]}. */
    static Schema onlyBranch(Schema union) {
        List<Schema> branches = union.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .toList();
        if (branches.size() != 1) {
            throw new IllegalArgumentException("A union must be of null and one other type, got " + union);
        }
        return branches.get(0);
    }
}
