package io.portcullis.core.r2dbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Reads variables and status values of a server over JDBC. Blocks. */
final class ServerVariables {
    private ServerVariables() {}

    /** Returns the rows of all statements, which have a name and a value each. The names are in lower case. */
    static Map<String, String> read(Connection connection, String... statements) throws SQLException {
        Map<String, String> values = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                try (ResultSet rows = statement.executeQuery(sql)) {
                    while (rows.next()) {
                        values.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
                    }
                }
            }
        }
        return values;
    }
}
