package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.r2dbc.FirstSchema;
import io.portcullis.core.r2dbc.SchemaMigration;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.TcpProxy;
import io.portcullis.testbed.Testbed;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * Gateway nodes that share a new database, a Redis, a key ring and a clock, with queries on the data that they wrote.
 */
final class CoreCluster implements AutoCloseable {
    static final String PASSWORD = "correct horse";
    static final TokenLifetimes LIFETIMES = new TokenLifetimes(
            Duration.ofMinutes(30), Duration.ofDays(30), Duration.ofDays(90), Duration.ofSeconds(10));

    private static final String KEY_PREFIX = "portcullis:at:";
    /** The lowest cost of bcrypt, because these tests do not test the hashing. */
    static final String PASSWORD_HASH = "{bcrypt}" + new BCryptPasswordEncoder(4).encode(PASSWORD);

    static final byte[] SECRET = KeyRing.newSecret(new SecureRandom());
    static final KeyRing KEYS = KeyRing.of(List.of(SECRET));

    private final MovableClock clock = new MovableClock();
    private final String url;
    private final RedisSettings redisSettings;
    private final BiFunction<String, Setup, CoreNode> starter;
    private final List<CoreNode> nodes = new ArrayList<>();
    private final RedisClient redisClient;
    private final StatefulRedisConnection<String, String> redis;
    private final Sql sql;

    private CoreCluster(String url, RedisServer redisServer, WhenRedisFails policy, int size) {
        this.url = url;
        this.redisSettings = CoreRedis.settings(redisServer.host(), redisServer.port());
        var database = Testbed.shared().database();
        starter = (address, setup) ->
                CoreNode.start(address, setup.redis(), setup.keys(), setup.clock(), clock::currentTimeSql, policy);
        for (int i = 0; i < size; i++) {
            nodes.add(startNode());
        }
        redisClient = RedisClient.create(RedisURI.builder()
                .withHost(redisServer.host())
                .withPort(redisServer.port())
                .build());
        redis = redisClient.connect();
        sql = Sql.open(url, database.username(), database.password());
    }

    /** Creates two nodes on the shared servers. */
    static CoreCluster start() {
        return start(Testbed.shared().redis());
    }

    /** Creates two nodes on the shared database server and this Redis. */
    static CoreCluster start(RedisServer redis) {
        return start(redis, WhenRedisFails.REJECT);
    }

    /** Creates two nodes with this policy on the shared database server and this Redis. */
    static CoreCluster start(RedisServer redis, WhenRedisFails policy) {
        var url = Testbed.shared().database().createDatabase();
        migrate(url);
        var cluster = new CoreCluster(url, redis, policy, 2);
        cluster.awaitTrust();
        return cluster;
    }

    /**
     * Creates two nodes on a database with the first version of the schema; {@link #migrate()} brings it up to date.
     */
    static CoreCluster startOnFirstSchema() {
        var url = Testbed.shared().database().createDatabase();
        var database = Testbed.shared().database();
        FirstSchema.create(url, database.username(), database.password());
        var cluster = new CoreCluster(url, Testbed.shared().redis(), WhenRedisFails.REJECT, 2);
        cluster.awaitTrust();
        return cluster;
    }

    void migrate() {
        migrate(url);
    }

    private static void migrate(String url) {
        var database = Testbed.shared().database();
        SchemaMigration.migrate(url, database.username(), database.password());
    }

    /** Returns the time as an SQL literal. */
    String time(Instant at) {
        return MovableClock.sql(at);
    }

    /** Waits until each node checks in Redis. */
    void awaitTrust() {
        nodes.forEach(CoreNode::awaitTrust);
    }

    /** Returns the node with this number, modulo the number of nodes. */
    CoreNode node(int number) {
        return nodes.get(number % nodes.size());
    }

    List<CoreNode> nodes() {
        return nodes;
    }

    /** Stops every node, changes the stores, and starts the same number of new nodes. */
    void restartAfter(Runnable change) {
        int size = nodes.size();
        nodes.forEach(CoreNode::close);
        nodes.clear();
        change.run();
        for (int i = 0; i < size; i++) {
            nodes.add(startNode());
        }
        awaitTrust();
    }

    /** Starts another node, which the caller must close and which is not in {@link #nodes()}. */
    CoreNode startNode() {
        return starter.apply(url, new Setup(KEYS, clock, redisSettings));
    }

    /** Starts a node as {@link #startNode()} does, with a clock that is ahead of the database's by this time. */
    CoreNode startNode(Duration ahead) {
        return starter.apply(url, new Setup(KEYS, Clock.offset(clock, ahead), redisSettings));
    }

    /** Starts a node as {@link #startNode()} does, with other keys. */
    CoreNode startNode(KeyRing keys) {
        return starter.apply(url, new Setup(keys, clock, redisSettings));
    }

    /** Starts a node as {@link #startNode()} does, but connected to Redis through this proxy. */
    CoreNode startNodeBehind(TcpProxy redis) {
        return starter.apply(url, new Setup(KEYS, clock, CoreRedis.settings("127.0.0.1", redis.port())));
    }

    private record Setup(KeyRing keys, Clock clock, RedisSettings redis) {}

    /**
     * Starts a node as {@link #startNode()} does, but connected to the database through this port and without TLS, so
     * that a proxy can read the statements. MySQL allows this once the user has logged in with TLS.
     */
    CoreNode startNode(int databasePort) {
        return startNode(databasePort, redisSettings);
    }

    /** Starts a node as {@link #startNode(int)} does, but connected to Redis through a proxy, too. */
    CoreNode startNodeBehind(TcpProxy database, TcpProxy redis) {
        return startNode(database.port(), CoreRedis.settings("127.0.0.1", redis.port()));
    }

    private CoreNode startNode(int databasePort, RedisSettings redis) {
        return starter.apply(DatabaseServer.throughProxy(url, databasePort), new Setup(KEYS, clock, redis));
    }

    /** Opens a proxy before the database of the testbed, whose port {@link #startNode(int)} takes. */
    static TcpProxy proxyToDatabase() {
        URI database = URI.create(Testbed.shared().database().r2dbcUrl().substring("r2dbc:".length()));
        return TcpProxy.to(database.getHost(), database.getPort());
    }

    /** The proxy tells that it has cut a connection on a thread of its own, maybe after the caller has its error. */
    static void assertCut(CompletableFuture<Void> cut) {
        assertThat(cut).succeedsWithin(Duration.ofSeconds(30));
    }

    /** Returns the R2DBC URL of the database. */
    String url() {
        return url;
    }

    /** Returns the settings of the nodes' connections to Redis. */
    RedisSettings redisSettings() {
        return redisSettings;
    }

    /** Returns a codec with a key that no node has. */
    TokenCodec forger() {
        return new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(new SecureRandom()))), clock, new SecureRandom());
    }

    MovableClock clock() {
        return clock;
    }

    Sql sql() {
        return sql;
    }

    RedisCommands<String, String> redis() {
        return redis.sync();
    }

    static String key(Token access) {
        return KEY_PREFIX + access.digest();
    }

    /** Creates an account with the password {@link #PASSWORD}; its id is its username. */
    void addAccount(String username, String... roles) {
        node(0).add(new Account(
                username, username, PASSWORD_HASH, AccountStatus.ENABLED, Set.of(roles), "member", clock.instant()));
    }

    /**
     * Asserts that on every node the check of the access token ends with this code; null means that the token is
     * accepted.
     */
    void assertEverywhere(Token access, @Nullable ErrorCode expected) {
        for (var node : nodes) {
            assertThat(node.check(access).error()).isEqualTo(expected);
        }
    }

    /**
     * Asserts that the grace window of the access token has ended on every node, so that the replay of the ledger
     * revokes the token in Redis.
     */
    void awaitSuperseded(Token access) {
        Await.until(
                "the replaced access token is refused",
                () -> nodes.stream().allMatch(node -> node.check(access).error() == ErrorCode.ACCESS_TOKEN_SUPERSEDED));
    }

    /** Returns the number of the session's refresh tokens that can still be exchanged. */
    long liveRefreshTokens(String sessionId) {
        return sql.number("SELECT COUNT(*) FROM refresh_token WHERE used_at IS NULL AND session_id = ?", sessionId);
    }

    /** Returns the number of the session's access tokens that no refresh has replaced. */
    long liveAccessTokens(String sessionId) {
        return sql.number(
                "SELECT COUNT(*) FROM access_token WHERE superseded_at IS NULL AND session_id = ?", sessionId);
    }

    /** Returns the time at which the session was last seen, from its row. */
    String lastSeen(String sessionId) {
        return sql.texts("SELECT last_seen_at FROM auth_session WHERE id = ?", sessionId)
                .get(0);
    }

    /** Returns the number of ledger entries whose tombstones no node has written to Redis yet. */
    long unapplied() {
        return sql.number("SELECT COUNT(*) FROM revoked_token WHERE applied_at IS NULL AND revoked_at <= "
                + clock.currentTimeSql());
    }

    /** Returns the types of the session's log entries in order, each as {@code TYPE/RESULT/actor}. */
    List<String> loginLog(String sessionId) {
        return sql.texts(
                "SELECT CONCAT(type, '/', result, '/', COALESCE(actor, '-')) FROM login_log WHERE session_id = ?"
                        + " ORDER BY created_at, type",
                sessionId);
    }

    @Override
    public void close() {
        nodes.forEach(CoreNode::close);
        redis.close();
        redisClient.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        sql.close();
    }
}
