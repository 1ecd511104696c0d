package io.portcullis.gateway.config;

import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.degraded.CacheLatency;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.GuardedAccessTokenCache;
import io.portcullis.core.degraded.LedgerReplay;
import io.portcullis.core.degraded.Recovery;
import io.portcullis.core.degraded.ReportingAccessTokenCache;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.degraded.WriteOutcomes;
import io.portcullis.core.r2dbc.R2dbcRevocationLedger;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.R2dbcWriteProbe;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlServers;
import io.portcullis.core.r2dbc.pool.ReadOnlyServerProbe;
import io.portcullis.core.reactive.BacklogAge;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.LedgerBacklog;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.admin.Administration;
import io.portcullis.gateway.observe.TombstoneDelays;
import io.r2dbc.pool.ConnectionPool;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Creates degraded mode: the breaker and the trust in Redis, the replay of the ledger, and the watch on writes (design.md section
 * 9).
 */
@Configuration(proxyBeanMethods = false)
class RecoveryConfiguration {
    /** Qualifies the outcomes of transactions that change sessions. */
    static final String MYSQL_WRITES = "mysqlWrites";

    /** Qualifies the outcomes of writing tombstones. */
    static final String REDIS_WRITES = "redisWrites";

    /** Qualifies the age of the ledger's oldest unapplied entry. */
    static final String LEDGER = "ledger";

    /** Qualifies the connections of the replay. */
    private static final String REPLAY = "ledgerReplay";

    private static final int MAX_BACKLOG = 10_000;
    private static final int FAILURE_RATE_PERCENT = 50;
    private static final int WINDOW = 20;
    private static final int MINIMUM_CALLS = 10;

    @Bean
    DegradedMode degradedMode(RedisConnections connections) {
        return new DegradedMode(connections::disruptionCount);
    }

    /**
     * Creates the breaker, which opens if half of the last 20 commands failed or took longer than half of the command timeout.
     */
    @Bean
    StoreBreaker redisBreaker(RedisProperties properties, RedisConnections connections) {
        // The breaker never becomes half-open: Recovery probes Redis and resets the breaker.
        return new StoreBreaker(
                "Redis",
                new BreakerSettings(
                        FAILURE_RATE_PERCENT,
                        slowCallLimit(properties),
                        WINDOW,
                        MINIMUM_CALLS,
                        Duration.ofSeconds(1),
                        1),
                connections::stalledNanosSince);
    }

    @Bean
    @Primary
    AccessTokenCache accessTokenCache(
            @Qualifier(RedisConfiguration.ACKNOWLEDGED) AccessTokenCache acknowledgedCache,
            @Qualifier(REDIS_WRITES) WriteOutcomes redisWrites,
            StoreBreaker redisBreaker,
            DegradedMode degraded,
            CacheLatency latency) {
        var reporting = new ReportingAccessTokenCache(acknowledgedCache, redisWrites);
        return new GuardedAccessTokenCache(reporting, redisBreaker, degraded, latency);
    }

    @Bean
    @Qualifier(MYSQL_WRITES)
    WriteOutcomes mysqlWrites() {
        return new WriteOutcomes("MySQL");
    }

    @Bean
    @Qualifier(REDIS_WRITES)
    WriteOutcomes redisWrites() {
        return new WriteOutcomes("Redis");
    }

    @Bean(destroyMethod = "close")
    WriteAvailability writeAvailability(
            @Qualifier(MYSQL_WRITES) WriteOutcomes mysqlWrites,
            @Qualifier(REDIS_WRITES) WriteOutcomes redisWrites,
            @Qualifier(RedisConfiguration.ACKNOWLEDGED) AccessTokenCache acknowledgedCache,
            DatabaseClient client,
            Transactions transactions,
            SecureRandom random,
            LogoutProperties properties) {
        boolean logoutsNeedRedis = properties.whenRedisFails() == WhenRedisFails.REJECT;
        var watch = new WriteAvailability(mysqlWrites, redisWrites, logoutsNeedRedis);
        watch.start(new R2dbcWriteProbe(client, transactions, random.nextInt()).write(), acknowledgedCache);
        return watch;
    }

    /** Depends on the pool of logins, which has checked the URL and migrated the schema before. */
    @Bean(destroyMethod = "dispose", defaultCandidate = false)
    @Qualifier(REPLAY)
    ConnectionPool ledgerReplayPool(ConnectionPool logins, MySqlServers servers, MysqlProperties properties) {
        return MySqlConnectionPools.create(servers, properties.replayPool());
    }

    @Bean(defaultCandidate = false)
    @Qualifier(REPLAY)
    RevocationLedger replayedLedger(@Qualifier(REPLAY) ConnectionPool pool) {
        return new R2dbcRevocationLedger(DatabaseClient.create(pool));
    }

    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier(REPLAY)
    R2dbcTransactions ledgerReplayTransactions(@Qualifier(REPLAY) ConnectionPool pool) {
        return new R2dbcTransactions(pool);
    }

    /** The replay mostly reads, and so would not notice that its server has become read-only, and lacks later entries. */
    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier(REPLAY)
    ReadOnlyServerProbe ledgerReplayProbe(@Qualifier(REPLAY) Transactions transactions) {
        var probe = new ReadOnlyServerProbe(transactions);
        probe.start();
        return probe;
    }

    /** Has connections of its own: more logins and refreshes than the pool can serve must not prolong degraded mode. */
    @Bean
    LedgerReplay ledgerReplay(
            @Qualifier(REPLAY) RevocationLedger ledger,
            @Qualifier(REPLAY) Transactions transactions,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenCache redisCache,
            Clock clock,
            TombstoneDelays delays) {
        return new LedgerReplay(ledger, redisCache, transactions, clock, delays.byReplay());
    }

    /** Reads with the connections of the administration, so that a long backlog uses no connection that a login needs. */
    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier(LEDGER)
    BacklogAge ledgerAge(@Administration DatabaseClient client, Clock clock) {
        var ledger = new R2dbcRevocationLedger(client);
        return new BacklogAge(
                "Age of the ledger's oldest unapplied entry",
                Mono.defer(() -> ledger.backlog(clock.instant(), MAX_BACKLOG))
                        .filter(backlog -> backlog.entries() > 0)
                        .map(LedgerBacklog::oldestAge));
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> ledgerAgeStart(@Qualifier(LEDGER) BacklogAge age) {
        return ready -> age.start();
    }

    @Bean
    MeterBinder ledgerMetrics(@Qualifier(LEDGER) BacklogAge age) {
        return registry -> TimeGauge.builder(
                        "portcullis.ledger.oldest.unapplied.age",
                        age,
                        TimeUnit.MILLISECONDS,
                        backlog -> backlog.oldestAge().toMillis())
                .description(
                        "Age of the ledger's oldest entry whose tombstone no node has confirmed in Redis; 0 for none")
                .register(registry);
    }

    @Bean(destroyMethod = "close")
    Recovery recovery(
            DegradedMode degraded,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenCache redisCache,
            StoreBreaker redisBreaker,
            LedgerReplay replay,
            RedisConnections connections) {
        var recovery = new Recovery(degraded, redisCache, redisBreaker, replay);
        recovery.start(connections.disruptions());
        return recovery;
    }

    private static Duration slowCallLimit(RedisProperties properties) {
        return properties.commandTimeout().dividedBy(2);
    }
}
