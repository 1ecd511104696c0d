package io.portcullis.core.login;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Queries the database outside of the connection pools under test, each statement in a transaction of its own. */
final class Sql implements AutoCloseable {
    private final Connection connection;

    private Sql(Connection connection) {
        this.connection = connection;
    }

    static Sql open(String r2dbcUrl, String username, String password) {
        var uri = URI.create(r2dbcUrl.substring("r2dbc:".length()));
        var mode = String.valueOf(uri.getQuery()).contains("required")
                ? "sslMode=trust"
                : "sslMode=disable&allowPublicKeyRetrieval=true";
        var url = "jdbc:mariadb://%s:%d%s?%s".formatted(uri.getHost(), uri.getPort(), uri.getPath(), mode);
        try {
            return new Sql(DriverManager.getConnection(url, username, password));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the only column of the only row as a number. */
    long number(String sql, String... values) {
        return Long.parseLong(texts(sql, values).get(0));
    }

    /** Returns all columns of all rows as text; a null is {@code "null"}. */
    List<String> texts(String sql, String... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void update(String sql) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static List<String> read(ResultSet rows) throws SQLException {
        List<String> texts = new ArrayList<>();
        while (rows.next()) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                texts.add(String.valueOf(rows.getString(i)));
            }
        }
        return texts;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
