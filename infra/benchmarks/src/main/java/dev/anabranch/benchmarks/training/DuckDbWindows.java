package dev.anabranch.benchmarks.training;

import dev.anabranch.benchmarks.Contender;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** DuckDB: a table in memory and three range windows over it. */
public final class DuckDbWindows implements Contender {
    private final Payments payments;
    private final Connection connection;

    /** @param arguments how many payments, and the seed */
    public DuckDbWindows(String[] arguments) throws SQLException {
        payments = Payments.of(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
        connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table payments (i bigint, customer integer, made bigint, cents bigint)");
        }
        try (DuckDBAppender rows =
                ((DuckDBConnection) connection).createAppender(DuckDBConnection.DEFAULT_SCHEMA, "payments")) {
            for (int i = 0; i < payments.count(); i++) {
                rows.beginRow();
                rows.append((long) i);
                rows.append(payments.customers()[i]);
                rows.append(payments.times()[i]);
                rows.append(payments.cents()[i]);
                rows.endRow();
            }
        }
    }

    @Override
    public Work round() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(Windows.sql("//"))) {
            result.next();
            return new Work(result.getLong(1), result.getBigDecimal(2).longValueExact());
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
