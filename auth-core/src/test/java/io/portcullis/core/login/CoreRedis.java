package io.portcullis.core.login;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.GuardedAccessTokenCache;
import io.portcullis.core.degraded.LedgerReplay;
import io.portcullis.core.degraded.Recovery;
import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The connections of a {@link CoreNode} to Redis, and its trust in Redis. */
final class CoreRedis implements AutoCloseable {
    private static final Duration READ_TIMEOUT = Duration.ofMillis(250);
    private static final Duration WRITE_TIMEOUT = Duration.ofMillis(500);
    private static final BreakerSettings BREAKER =
            new BreakerSettings(50, Duration.ofMillis(400), 20, 10, Duration.ofSeconds(1), 1);

    private final RedisConnections connections;
    private final DegradedMode degraded;
    private final GuardedAccessTokenCache cache;
    private final Recovery recovery;

    CoreRedis(RedisSettings settings, RevocationLedger ledger, Transactions transactions, Clock clock) {
        this.connections = RedisConnections.create(settings);
        this.degraded = new DegradedMode(connections::disruptionCount);
        var unguarded = new RedisAccessTokenCache(connections, null);
        var breaker = new StoreBreaker("Redis", BREAKER, connections::stalledNanosSince);
        this.cache = new GuardedAccessTokenCache(unguarded, breaker, degraded);
        this.recovery =
                new Recovery(degraded, unguarded, breaker, new LedgerReplay(ledger, unguarded, transactions, clock));
        recovery.start(connections.disruptions());
    }

    /** Returns the settings of the connections to Redis, or to a proxy before it. */
    static RedisSettings settings(String host, int port) {
        var timeouts =
                new RedisSettings.Timeouts(Duration.ofSeconds(2), READ_TIMEOUT, WRITE_TIMEOUT, Duration.ofSeconds(2));
        return new RedisSettings(host, port, null, null, 0, false, timeouts, null, List.of());
    }

    AccessTokenCache cache() {
        return cache;
    }

    DegradedMode degraded() {
        return degraded;
    }

    /** Returns whether Redis is trusted, and no connection is about to end this trust by its reconnection. */
    boolean isTrusted() {
        return connections.missingConnections() == 0 && !degraded.active();
    }

    void stopRecovery() {
        recovery.close();
    }

    /** Closes the connections. */
    @Override
    public void close() {
        connections.close();
    }
}
