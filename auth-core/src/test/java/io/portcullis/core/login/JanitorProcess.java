package io.portcullis.core.login;

import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.OpenedPools;
import io.portcullis.core.r2dbc.R2dbcExpiredRowRepository;
import io.portcullis.core.r2dbc.R2dbcLeaseRepository;
import io.portcullis.core.r2dbc.R2dbcLoginLogRepository;
import io.portcullis.core.r2dbc.R2dbcSessionRepository;
import io.portcullis.core.r2dbc.R2dbcTokenRepository;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionSettings;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.termination.RedisFailurePolicy;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.CacheLookupListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * A janitor in a process of its own, which a test kills. Arguments: URL, username, password, the time that its clock
 * shows.
 */
final class JanitorProcess {
    /** The validity of its lease. */
    static final Duration LEASE = Duration.ofSeconds(3);

    private JanitorProcess() {}

    public static void main(String[] arguments) {
        var pool = OpenedPools.create(arguments[0], arguments[1], arguments[2]);
        var transactions = new R2dbcTransactions(pool, OpenedPools.DEADLINE);
        var client = DatabaseClient.create(pool);
        var clock = Clock.fixed(Instant.parse(arguments[3]), ZoneOffset.UTC);
        CurrentTimeSql time = () -> MovableClock.sql(clock.instant());
        var terminator = new SessionTerminator(
                transactions,
                new R2dbcSessionRepository(client, time),
                new R2dbcTokenRepository(client, time),
                new NoRedis(),
                new R2dbcLoginLogRepository(client),
                () -> UUID.randomUUID().toString(),
                clock,
                new RedisFailurePolicy(WhenRedisFails.REJECT, new DegradedMode(() -> 0)),
                SessionEndListener.NONE,
                LatencyRecorder.NONE);
        var defaults = JanitorIT.settings(5);
        var settings = new RetentionSettings(
                defaults.interval(),
                defaults.batchSize(),
                LEASE,
                defaults.grace(),
                defaults.tokens(),
                defaults.endedSessions(),
                defaults.loginLog(),
                defaults.tokenUses(),
                defaults.deadEvents());
        new Janitor(
                        new R2dbcLeaseRepository(client, transactions),
                        new R2dbcExpiredRowRepository(client),
                        terminator,
                        transactions,
                        settings,
                        () -> UUID.randomUUID().toString(),
                        new ClockMonitor(() -> Mono.fromSupplier(clock::instant), clock, CoreNode.SKEW))
                .run()
                // The first connections of a cold process may take longer than the acquire timeout.
                .retry(50)
                .block();
    }

    static Process start(String url, String username, String password, Instant now) throws IOException {
        return new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JanitorProcess.class.getName(),
                        url,
                        username,
                        password,
                        now.toString())
                .inheritIO()
                .start();
    }

    /** Fails on every call, because expired tokens need no tombstone. */
    private static final class NoRedis implements AccessTokenCache {
        @Override
        public void find(String digest, CacheLookupListener listener) {
            listener.failed(PortcullisException.storeUnavailable("Redis", null));
        }

        @Override
        public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
            return failed();
        }

        @Override
        public Mono<Void> expire(String digest, Duration remaining) {
            return failed();
        }

        @Override
        public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
            return failed();
        }

        private static <T> Mono<T> failed() {
            return Mono.error(PortcullisException.storeUnavailable("Redis", null));
        }
    }
}
