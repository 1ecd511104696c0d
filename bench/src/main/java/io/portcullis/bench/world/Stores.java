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

/** A real database with the schema of the gateway, a real Redis, and the key that signs tokens. */
public final class Stores implements AutoCloseable {
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
