package io.portcullis.gateway.config;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.GuardedAccessTokenCache;
import io.portcullis.core.degraded.LedgerReplay;
import io.portcullis.core.degraded.Recovery;
import io.portcullis.core.degraded.ReportingAccessTokenCache;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.degraded.WriteOutcomes;
import io.portcullis.core.r2dbc.R2dbcWriteProbe;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.transaction.Transactions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.r2dbc.core.DatabaseClient;

/** Degraded mode: when Redis is not asked, and what must happen before it is asked again. */
@Configuration(proxyBeanMethods = false)
class RecoveryConfiguration {
    /** Outcomes of transactions that change sessions. */
    static final String MYSQL_WRITES = "mysqlWrites";

    /** Outcomes of tombstones. */
    static final String REDIS_WRITES = "redisWrites";

    private static final int FAILURE_RATE_PERCENT = 50;
    private static final int WINDOW = 20;
    private static final int MINIMUM_CALLS = 10;

    @Bean
    DegradedMode degradedMode(RedisConnections connections) {
        return new DegradedMode(connections::disruptionCount);
    }

    /** Opens when half of the last 20 commands failed or took over half of what a command may take. */
    @Bean
    StoreBreaker redisBreaker(PortcullisProperties properties, RedisConnections connections) {
        // It is never half open: Recovery tries Redis, and resets it.
        return new StoreBreaker(
                "Redis",
                new BreakerSettings(
                        FAILURE_RATE_PERCENT, slow(properties), WINDOW, MINIMUM_CALLS, Duration.ofSeconds(1), 1),
                connections::stalledNanosSince);
    }

    @Bean
    @Primary
    AccessTokenCache accessTokenCache(
            @Qualifier(RedisConfiguration.ACKNOWLEDGED) AccessTokenCache acknowledgedStore,
            @Qualifier(REDIS_WRITES) WriteOutcomes redisWrites,
            StoreBreaker redisBreaker,
            DegradedMode degraded) {
        var reporting = new ReportingAccessTokenCache(acknowledgedStore, redisWrites);
        return new GuardedAccessTokenCache(reporting, redisBreaker, degraded);
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
            @Qualifier(RedisConfiguration.ACKNOWLEDGED) AccessTokenCache acknowledgedStore,
            DatabaseClient client,
            Transactions transactions,
            SecureRandom random,
            PortcullisProperties properties) {
        boolean logoutsNeedRedis = properties.logout().whenRedisFails() == WhenRedisFails.REJECT;
        var watch = new WriteAvailability(mysqlWrites, redisWrites, logoutsNeedRedis);
        watch.start(new R2dbcWriteProbe(client, transactions, random.nextInt()).write(), acknowledgedStore);
        return watch;
    }

    @Bean
    LedgerReplay ledgerReplay(
            RevocationLedger ledger,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenCache redisStore,
            Transactions transactions,
            Clock clock) {
        return new LedgerReplay(ledger, redisStore, transactions, clock);
    }

    @Bean(destroyMethod = "close")
    Recovery recovery(
            DegradedMode degraded,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenCache redisStore,
            StoreBreaker redisBreaker,
            LedgerReplay replay,
            RedisConnections connections) {
        var recovery = new Recovery(degraded, redisStore, redisBreaker, replay);
        recovery.start(connections.disruptions());
        return recovery;
    }

    private static Duration slow(PortcullisProperties properties) {
        return properties.redis().commandTimeout().dividedBy(2);
    }
}
