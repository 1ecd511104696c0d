package io.portcullis.chaos.world;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.portcullis.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Reads and prepares the stores directly, bypassing the proxies and the gateway. */
public final class StoreInspector {
    private static final int USERS = 64;
    private static final int BCRYPT_COST = 4;
    private static final String KEY_PREFIX = "portcullis:at:";
    private static final String SEPARATOR = "\u001f";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Entries that expire before this time are left out, because clocks differ and the scan of Redis takes time. */
    private static final String SOON = "UTC_TIMESTAMP(3) + INTERVAL 10 SECOND";

    /** Revocations after this time are left out, because the replay runs only twice a second. */
    private static final String DUE = "UTC_TIMESTAMP(3) - INTERVAL 1 SECOND";

    private final Supplier<DatabaseServer> writer;
    private final RedisStore redis;

    /** @param writer yields the server of MySQL that takes writes now */
    StoreInspector(Supplier<DatabaseServer> writer, RedisStore redis) {
        this.writer = writer;
        this.redis = redis;
    }

    /**
     * Creates the accounts of the administrator and of {@code user-0} to {@code user-63}. Their password hashes have a low
     * cost, so that logins do not slow down the other operations.
     */
    void createAccounts() {
        String hash = "{bcrypt}" + new BCryptPasswordEncoder(BCRYPT_COST).encode(World.PASSWORD);
        execute(account(World.ADMIN, "admin", hash));
        for (int i = 0; i < USERS; i++) {
            execute(account("user-" + i, "user", hash));
        }
    }

    private static String account(String name, String role, String hash) {
        return "INSERT INTO account (id, username, password_hash, status, roles, user_type, created_at)"
                + " VALUES ('%1$s', '%1$s', '%2$s', 'ENABLED', '%3$s', 'user', UTC_TIMESTAMP(3))"
                        .formatted(name, hash, role);
    }

    /**
     * Returns the unexpired entries of the ledger. The entry of a replaced access token counts from the end of its grace
     * window on.
     */
    public Set<String> revoked() {
        return digests("SELECT digest FROM revoked_token WHERE revoked_at <= " + DUE + " AND expires_at > " + SOON);
    }

    /** Returns the unexpired entries that no node has marked as applied to Redis. */
    public Set<String> unapplied() {
        return digests("SELECT digest FROM revoked_token WHERE applied_at IS NULL AND revoked_at <= " + DUE
                + " AND expires_at > " + SOON);
    }

    /** Returns the access tokens that MySQL accepts. */
    public Set<String> current() {
        return digests(
                "SELECT t.digest FROM access_token t JOIN auth_session s ON s.id = t.session_id"
                        + " WHERE (t.superseded_at IS NULL OR t.superseded_at > UTC_TIMESTAMP(3)) AND s.ended_at IS NULL AND s.expires_at > UTC_TIMESTAMP(3)");
    }

    /**
     * Returns the entries of Redis by digest: true for an identity, false for a tombstone. Leaves out identities that expire
     * soon.
     */
    public Map<String, Boolean> redis() {
        Map<String, Boolean> entries = new HashMap<>();
        onEachMaster(commands -> {
            ScanIterator<String> keys = ScanIterator.scan(commands);
            while (keys.hasNext()) {
                String key = keys.next();
                String value = commands.get(key);
                if (value == null) {
                    continue;
                }
                boolean live = value.startsWith("1" + SEPARATOR + "L");
                if (!live || commands.pttl(key) > 3_000) {
                    entries.put(key.substring(KEY_PREFIX.length()), live);
                }
            }
        });
        return entries;
    }

    /** Deletes all entries of Redis ({@code FLUSHALL}). */
    public void emptyRedis() {
        onEachMaster(RedisCommands::flushall);
    }

    /** Closes the connections of all clients that have subscribed to a channel. */
    public void disconnectSubscribers() {
        onEachMaster(commands -> {
            Long unused = commands.clientKill(KillArgs.Builder.typePubsub());
        });
    }

    private void onEachMaster(Consumer<RedisCommands<String, String>> work) {
        for (RedisURI master : redis.masters()) {
            master.setTimeout(LIMIT);
            RedisClient client = RedisClient.create(master);
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                work.accept(connection.sync());
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
    }

    private Set<String> digests(String query) {
        Set<String> digests = new HashSet<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                digests.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return digests;
    }

    private void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection connect() throws SQLException {
        DatabaseServer database = writer.get();
        Properties login = new Properties();
        login.setProperty("user", database.username());
        login.setProperty("password", database.password());
        login.setProperty("sslMode", database.r2dbcUrl().contains("sslMode=required") ? "trust" : "disable");
        return new org.mariadb.jdbc.Driver()
                .connect("jdbc:mariadb://127.0.0.1:%d/portcullis".formatted(database.port()), login);
    }
}
