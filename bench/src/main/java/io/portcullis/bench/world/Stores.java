package io.portcullis.bench.world;

import io.portcullis.core.r2dbc.SchemaMigration;
import io.portcullis.core.token.KeyRing;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A real database with the schema of the gateway, a real Redis, and the key that signs tokens. */
public final class Stores implements AutoCloseable {
    private static final int BATCH = 1_000;

    private final DatabaseServer database;
    private final RedisServer redis;
    private final byte[] secret = KeyRing.newSecret(new SecureRandom());

    private Stores(DatabaseServer database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    /** Starts both stores and creates the schema, so that tokens can be issued before a gateway runs. */
    public static Stores start() {
        var database = CompletableFuture.supplyAsync(DatabaseServer::start);
        var redis = CompletableFuture.supplyAsync(RedisServer::start);
        Stores stores = new Stores(database.join(), redis.join());
        SchemaMigration.migrate(stores.database.r2dbcUrl(), stores.database.username(), stores.database.password());
        return stores;
    }

    public DatabaseServer database() {
        return database;
    }

    public RedisServer redis() {
        return redis;
    }

    /** Returns the process id of the database server, also of an external one on this machine; -1 if it is unknown. */
    public long databasePid() {
        if (database.pid() >= 0) {
            return database.pid();
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@pid_file")) {
            row.next();
            return Long.parseLong(Files.readString(Path.of(row.getString(1))).strip());
        } catch (SQLException | IOException | NumberFormatException e) {
            return -1;
        }
    }

    /** Gives the database the memory of a production server, so that the indexes of large tables fit into it. */
    public void giveMemoryOfProduction() {
        String log = text("SELECT VERSION()").contains("MariaDB") ? "innodb_log_file_size" : "innodb_redo_log_capacity";
        execute("SET GLOBAL innodb_buffer_pool_size = 4294967296");
        execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        execute("SET GLOBAL " + log + " = 1073741824");
    }

    void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("the database refuses " + sql + ": " + e.getMessage(), e);
        }
    }

    /**
     * Inserts rows, a thousand for each statement.
     *
     * @param insert the statement up to and with {@code VALUES}
     * @param rows the number of rows
     * @param row returns the values of a row by its index, in brackets
     */
    void insert(String insert, int rows, IntFunction<String> row) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (int from = 0; from < rows; from += BATCH) {
                statement.execute(insert + " "
                        + IntStream.range(from, Math.min(from + BATCH, rows))
                                .mapToObj(row)
                                .collect(Collectors.joining(",")));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot insert into the database: " + e.getMessage(), e);
        }
    }

    /** Returns the number that a query yields. */
    public long number(String query) {
        return Long.parseLong(text(query));
    }

    /** Returns the size of the files of the database's tables; NaN if they cannot be read here. */
    public double bytesOnDisk() {
        Path directory = Path.of(text("SELECT @@datadir"), text("SELECT DATABASE()"));
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | SecurityException e) {
            return Double.NaN;
        }
    }

    private String text(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read from the database: " + e.getMessage(), e);
        }
    }

    KeyRing keys() {
        return KeyRing.of(List.of(secret));
    }

    /** Returns the key in the format of {@code portcullis.token.keys}. */
    public String encodedKey() {
        return Base64.getEncoder().encodeToString(secret);
    }

    Connection connect() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", database.username());
        login.setProperty("password", database.password());
        String url = database.r2dbcUrl()
                .replaceFirst("^r2dbc:mysql:", "jdbc:mariadb:")
                .replaceFirst("\\?.*", "");
        return new org.mariadb.jdbc.Driver().connect(url, login);
    }

    @Override
    public void close() {
        redis.close();
        database.close();
    }
}
