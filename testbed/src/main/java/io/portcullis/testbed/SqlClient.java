package io.portcullis.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** A blocking connection to one database of a {@link DatabaseServer}, for tests. Each statement commits by itself. */
public final class SqlClient implements AutoCloseable {
    private final Connection connection;

    private SqlClient(Connection connection) {
        this.connection = connection;
    }

    /** Connects to the database of this R2DBC URL, as of {@link DatabaseServer#createDatabase()}. */
    public static SqlClient open(DatabaseServer server, String r2dbcUrl) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", server.username());
        login.setProperty("password", server.password());
        return new SqlClient(Objects.requireNonNull(
                new org.mariadb.jdbc.Driver().connect(R2dbcUrl.parse(r2dbcUrl).databaseJdbcUrl(), login)));
    }

    /** Executes one statement. */
    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Executes the statements of a resource of this module, which end with semicolons at the end of a line. */
    public void script(String resource) throws SQLException {
        try (InputStream in = SqlClient.class.getResourceAsStream("/" + resource)) {
            String text = new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
            for (String statement : text.split(";\\s*\n", -1)) {
                if (!statement.isBlank()) {
                    execute(statement);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the rows of a query, the columns separated by a space. */
    public List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join(" ", columns));
            }
        }
        return rows;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
