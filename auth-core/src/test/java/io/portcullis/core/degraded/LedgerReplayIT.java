package io.portcullis.core.degraded;

import static io.portcullis.core.mother.Tokens.aDigest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.portcullis.core.mother.Tokens;
import io.portcullis.core.r2dbc.OpenedPools;
import io.portcullis.core.r2dbc.R2dbcRevocationLedger;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.SchemaMigration;
import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Testbed;
import io.portcullis.testbed.WriteRefusal;
import io.r2dbc.pool.ConnectionPool;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.util.retry.Retry;

/** Tests two nodes that share a ledger but talk to different Redis masters, as after a failover that one node has missed. */
@DisabledIfEnvironmentVariable(
        named = "PORTCULLIS_TESTBED_REDIS",
        matches = ".+",
        disabledReason = "needs two servers, one of which is set up")
class LedgerReplayIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static ConnectionPool pool;
    private static DatabaseClient client;
    private static R2dbcTransactions transactions;
    private static Master first;
    private static Master second;

    private LedgerReplay firstReplay;
    private LedgerReplay secondReplay;

    /** Holds a Redis server and a node's connections to it. */
    private record Master(RedisServer server, RedisConnections connections, RedisAccessTokenCache cache) {
        static Master start() {
            RedisServer server = RedisServer.start();
            var connections = RedisConnections.create(RedisSettings.standalone(server.host(), server.port()));
            var cache = new RedisAccessTokenCache(connections, null);
            cache.find("x")
                    .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                    .block(LIMIT);
            return new Master(server, connections, cache);
        }

        LedgerReplay replay() {
            var ledger = new R2dbcRevocationLedger(client);
            return new LedgerReplay(ledger, cache, transactions, Clock.systemUTC());
        }

        @Nullable
        AccessTokenEntry find(String digest) {
            return cache.find(digest).block(LIMIT);
        }

        void close() {
            connections.close();
            server.close();
        }
    }

    @BeforeAll
    static void start() {
        var database = Testbed.shared().database();
        String url = database.createDatabase();
        SchemaMigration.migrate(url, database.username(), database.password());
        pool = OpenedPools.create(url, database.username(), database.password());
        client = DatabaseClient.create(pool);
        transactions = new R2dbcTransactions(pool, OpenedPools.DEADLINE);
        first = Master.start();
        second = Master.start();
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        transactions.close();
        pool.dispose();
    }

    @BeforeEach
    void nodes() {
        firstReplay = first.replay();
        secondReplay = second.replay();
    }

    @AfterEach
    void empty() {
        execute("DELETE FROM revoked_token");
    }

    private static void execute(String sql) {
        client.sql(sql).then().block(LIMIT);
    }

    /** Returns the values of a ledger row, dated by the database's clock like the entries of the gateway. */
    private static String values(String digest, String reason, Duration age) {
        return "('%s', '%s', UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE, UTC_TIMESTAMP(3) - INTERVAL %d SECOND)"
                .formatted(digest, reason, age.toSeconds());
    }

    private static void insert(String... values) {
        execute("INSERT INTO revoked_token (digest, reason, expires_at, revoked_at) VALUES "
                + String.join(", ", values));
    }

    /** Inserts the entry of a token that was revoked {@code age} ago; returns its digest. */
    private static String revoked(Duration age) {
        String digest = aDigest();
        insert(values(digest, "LOGOUT", age));
        return digest;
    }

    @CanIgnoreReturnValue
    private static long recent(LedgerReplay replay) {
        return Objects.requireNonNull(replay.replayRecent().block(LIMIT));
    }

    private static long unapplied() {
        return Objects.requireNonNull(client.sql("SELECT COUNT(*) FROM revoked_token WHERE applied_at IS NULL")
                .mapValue(Long.class)
                .one()
                .block(LIMIT));
    }

    private static void assertDead(Master master, String digest) {
        assertThat(master.find(digest))
                .isEqualTo(new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
    }

    @Test
    void replayRecentWhenAppliedByAnotherNodeThenAppliedToTheOwnMasterToo() {
        String digest = revoked(Duration.ofSeconds(1));

        assertThat(recent(firstReplay)).isEqualTo(1);
        assertThat(unapplied()).isZero();
        assertThat(recent(secondReplay)).isEqualTo(1);

        assertDead(first, digest);
        assertDead(second, digest);
    }

    @Test
    void replayRecentWhenRunAgainThenEachNodeHasDoneItOnce() {
        String unused = revoked(Duration.ofSeconds(1));
        assertThat(recent(firstReplay)).isEqualTo(1);

        assertThat(Stream.generate(() -> recent(firstReplay)).limit(5)).containsOnly(0L);
    }

    @Test
    void replayRecentWhenTheTransactionTookLongThenStillWithinTheWindow() {
        // The deadline of a transaction (5 s), its last statement (3 s) and its commit (5 s).
        String digest = revoked(Duration.ofSeconds(13));
        assertThat(recent(firstReplay)).isEqualTo(1);

        assertThat(recent(secondReplay)).isEqualTo(1);

        assertDead(second, digest);
    }

    @Test
    void replayRecentWhenItIsLongAgoAndAppliedThenNot() {
        String digest = revoked(Duration.ofMinutes(5));
        assertThat(recent(firstReplay)).isEqualTo(1);

        assertThat(recent(secondReplay)).isZero();

        assertThat(second.find(digest)).isNull();
    }

    @Test
    void replayRecentWhenTheEntryWasPutBeforeButIsNotAppliedThenPutAgain() {
        String unused = revoked(Duration.ofSeconds(1));
        assertThat(recent(firstReplay)).isEqualTo(1);
        execute("UPDATE revoked_token SET applied_at = NULL");

        assertThat(recent(firstReplay)).isEqualTo(1);
        assertThat(unapplied()).isZero();
    }

    @Test
    void replayRecentWhenAReasonIsOfALaterVersionThenTheOthersArePutAllTheSame() {
        insert(values(aDigest(), "OF_A_LATER_VERSION", Duration.ofSeconds(1)));
        String digest = revoked(Duration.ofSeconds(1));

        recent(firstReplay);
        firstReplay.replayAll(() -> true).block(LIMIT);

        assertDead(first, digest);
    }

    @Test
    void replayRecentWhenAnOldEntryIsNotAppliedThenOneNodeIsEnough() {
        String digest = revoked(Duration.ofHours(1));

        assertThat(recent(firstReplay)).isEqualTo(1);
        assertThat(recent(secondReplay)).isZero();

        assertDead(first, digest);
    }

    @Test
    void replayRecentWhenMoreThanAPageWasRevokedLatelyThenAllOfIt() {
        insert(Stream.generate(() -> values(aDigest(), "LOGOUT", Duration.ofSeconds(5)))
                .limit(2_100)
                .toArray(String[]::new));
        execute("UPDATE revoked_token SET applied_at = revoked_at");

        assertThat(recent(secondReplay)).isEqualTo(2_100);
    }

    /** Verifies that the window is measured from the newest entry of all, and not from the newest entry of each page. */
    @Test
    void replayRecentWhenOlderEntriesFollowThenItStopsAtTheWindowsEnd() {
        for (int chunk = 0; chunk < 4; chunk++) {
            int before = chunk * 2_000;
            insert(IntStream.range(before, before + 2_000)
                    .mapToObj(i -> values(aDigest(), "LOGOUT", Duration.ofMillis(5L * i)))
                    .toArray(String[]::new));
        }
        execute("UPDATE revoked_token SET applied_at = revoked_at");

        assertThat(recent(secondReplay)).isBetween(3_500L, 5_500L);
    }

    @Test
    void replayAllWhenMoreThanAPageThenAllOfIt() {
        List<String> digests = Stream.generate(Tokens::aDigest).limit(1_200).toList();
        insert(digests.stream()
                .map(digest -> values(digest, "LOGOUT", Duration.ofMinutes(9)))
                .toArray(String[]::new));

        assertThat(firstReplay.replayAll(() -> true).block(LIMIT)).isEqualTo(1_200);

        assertThat(digests.stream().filter(digest -> first.find(digest) == null).collect(Collectors.toList()))
                .isEmpty();
    }

    @Test
    void replayWhenRedisRefusesWritesThenItSaysSoAndTheEntryStaysUnapplied() {
        String digest = revoked(Duration.ofSeconds(1));
        WriteRefusal.OUT_OF_MEMORY.begin(first.server());
        try {
            assertThatThrownBy(() -> recent(firstReplay))
                    .isInstanceOf(UnwrittenTombstonesException.class)
                    .hasMessageContaining("OOM");
            assertThatThrownBy(() -> firstReplay.replayAll(() -> true).block(LIMIT))
                    .isInstanceOf(UnwrittenTombstonesException.class);
            assertThat(unapplied()).isEqualTo(1);
        } finally {
            WriteRefusal.OUT_OF_MEMORY.end(first.server());
        }
        assertThat(recent(firstReplay)).isEqualTo(1);
        assertDead(first, digest);
    }

    @Test
    void replayRecentWhenMySqlHasNoLedgerThenTheFailureIsNotOneOfRedis() {
        execute("RENAME TABLE revoked_token TO elsewhere");
        try {
            assertThatThrownBy(() -> recent(firstReplay)).isNotInstanceOf(UnwrittenTombstonesException.class);
        } finally {
            execute("RENAME TABLE elsewhere TO revoked_token");
        }
    }
}
