package io.portcullis.migrate;

import io.portcullis.core.r2dbc.JdbcUrls;
import io.portcullis.migrate.MigrationSettings.DatabaseAccess;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One JDBC connection, without automatic commits and under READ COMMITTED, with the few helpers that the tool needs. */
final class Database implements AutoCloseable {
    private final DatabaseAccess access;
    private final Connection connection;

    private Database(DatabaseAccess access, Connection connection) {
        this.access = access;
        this.connection = connection;
    }

    /** Reads one row of a result. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Works in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    /** Works in one transaction, without a result. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    /**
     * Connects.
     *
     * @throws MigrationException if the URL cannot be used or the server cannot be reached
     */
    static Database open(DatabaseAccess access) {
        Properties login = new Properties();
        login.setProperty("user", access.username());
        login.setProperty("password", access.password());
        SQLException failure = null;
        for (String url : urls(access)) {
            try {
                Connection connection = new org.mariadb.jdbc.Driver().connect(url, login);
                if (connection == null) {
                    break;
                }
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                return new Database(access, connection);
            } catch (SQLException e) {
                failure = e;
            }
        }
        throw new MigrationException(
                access.role() + ".url: cannot connect as '" + access.username() + "'"
                        + (failure == null
                                ? " (expected: a URL such as jdbc:mysql://localhost:3306/db)"
                                : ": " + failure.getMessage()),
                failure == null ? new IllegalArgumentException(access.role()) : failure);
    }

    private static List<String> urls(DatabaseAccess access) {
        String url = access.url();
        if (url.startsWith("r2dbc:")) {
            try {
                return JdbcUrls.of(url);
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw new MigrationException(access.role() + ".url: " + e.getMessage(), e);
            }
        }
        return List.of(url.replaceFirst("^jdbc:mysql:", "jdbc:mariadb:"));
    }

    String role() {
        return access.role();
    }

    /** Runs work in one transaction, and rolls it back if the work fails. */
    <T> T inTransaction(Work<T> work) throws SQLException {
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollBack(e);
            throw e;
        }
    }

    private void rollBack(Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** Does the same for work without a result. */
    void runInTransaction(Step step) throws SQLException {
        var unused = inTransaction(() -> {
            step.run();
            return true;
        });
    }

    /** Returns all rows of a query. Question marks take the parameters in order. */
    <T> List<T> select(String sql, RowReader<T> reader, @Nullable Object... parameters) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        }
        return rows;
    }

    /** Changes rows and returns their number. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /**
     * Returns the rows of a query in which {@code (?)} takes a list of values, and the marks after it take the parameters; no row for
     * an empty list.
     */
    <T> List<T> selectIn(String sql, Collection<?> values, RowReader<T> reader, Object... parameters)
            throws SQLException {
        if (values.isEmpty()) {
            return List.of();
        }
        Object[] all = Stream.concat(values.stream(), Stream.of(parameters)).toArray();
        String marks = String.join(",", Collections.nCopies(values.size(), "?"));
        return select(sql.replace("(?)", "(" + marks + ")"), reader, all);
    }

    private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** Returns the columns of a table in lower case; none if the table does not exist. */
    Set<String> columns(String table) throws SQLException {
        return new HashSet<>(select(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
                row -> row.getString(1).toLowerCase(Locale.ROOT),
                table));
    }

    /**
     * Requires a table with columns.
     *
     * @param hint what to check if the table does not fit
     * @throws MigrationException if the table or a column is missing
     */
    void require(String table, String hint, String... columns) throws SQLException {
        Set<String> present = columns(table);
        if (present.isEmpty()) {
            throw new MigrationException(role() + ".url: no table " + table + " (" + hint + ")");
        }
        for (String column : columns) {
            if (!present.contains(column)) {
                throw new MigrationException(
                        role() + ".url: the table " + table + " has no column " + column + " (" + hint + ")");
            }
        }
    }

    @Override
    public void close() {
        try {
            connection.rollback();
            connection.close();
        } catch (SQLException e) {
            // The server ends the transaction with the connection.
            return;
        }
    }
}
