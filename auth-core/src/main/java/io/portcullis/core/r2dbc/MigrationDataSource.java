package io.portcullis.core.r2dbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * Provides JDBC connections that make a migration resumable: a statement that an earlier start has already executed succeeds
 * again.
 *
 * <p>MySQL commits each DDL statement separately, so a start that is killed leaves a partly executed migration. The next start
 * runs this migration from its beginning. A table counts as created if it has exactly the columns that the statement declares. A
 * table of the same name with other columns belongs to another application and stops the start.
 */
final class MigrationDataSource extends MariaDbDataSource {
    private static final int TABLE_EXISTS = 1050;
    private static final int UNKNOWN_TABLE = 1051;
    private static final int COLUMN_EXISTS = 1060;
    private static final int KEY_EXISTS = 1061;
    private static final int DUPLICATE_ROW = 1062;
    private static final int NOTHING_TO_DROP = 1091;

    private static final Pattern COMMENT = Pattern.compile("^\\s*--.*$", Pattern.MULTILINE);
    private static final Pattern CREATE_TABLE =
            Pattern.compile("CREATE TABLE (\\w+) \\((.*)\\)[^)]*$", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /** Matches a column definition. All migrations define one column per line; lines with keys and comments begin differently. */
    private static final Pattern COLUMN = Pattern.compile(
            "^\\s*(?!(?:PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT)\\b)(\\w+) ", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    MigrationDataSource(String jdbcUrl, String username, String password) throws SQLException {
        super(jdbcUrl);
        setUser(username);
        setPassword(password);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection target = super.getConnection();
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object result = invoke(target, method, arguments);
            return method.getName().equals("createStatement") ? resumable(target, (Statement) result) : result;
        });
    }

    private static Statement resumable(Connection connection, Statement target) {
        return proxy(Statement.class, (proxy, method, arguments) -> {
            try {
                return invoke(target, method, arguments);
            } catch (SQLException e) {
                if (method.getName().equals("execute") && isDone(connection, (String) arguments[0], e)) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static boolean isDone(Connection connection, String sql, SQLException failure) throws SQLException {
        // Flyway sends a statement together with the comments before it.
        String bare = COMMENT.matcher(sql).replaceAll("").strip();
        String statement = bare.toUpperCase(Locale.ROOT);
        return switch (failure.getErrorCode()) {
            case TABLE_EXISTS -> hasDeclaredColumns(connection, bare);
            case UNKNOWN_TABLE -> statement.startsWith("DROP TABLE ");
            case DUPLICATE_ROW -> statement.startsWith("INSERT ");
            case COLUMN_EXISTS, KEY_EXISTS, NOTHING_TO_DROP ->
                statement.startsWith("ALTER TABLE ")
                        || statement.startsWith("CREATE INDEX ")
                        || statement.startsWith("DROP INDEX ");
            default -> false;
        };
    }

    private static boolean hasDeclaredColumns(Connection connection, String sql) throws SQLException {
        Matcher create = CREATE_TABLE.matcher(sql);
        return create.matches() && declared(create.group(2)).equals(columns(connection, create.group(1)));
    }

    private static Set<String> declared(String definitions) {
        Set<String> names = new TreeSet<>();
        Matcher column = COLUMN.matcher(definitions);
        while (column.find()) {
            names.add(column.group(1).toLowerCase(Locale.ROOT));
        }
        return names;
    }

    private static Set<String> columns(Connection connection, String table) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT LOWER(column_name)"
                + " FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?")) {
            select.setString(1, table);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(MigrationDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
