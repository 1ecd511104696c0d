package io.portcullis.gateway.config;

import io.portcullis.core.recovery.DegradedMode;
import io.portcullis.core.recovery.GuardedAccessTokenStore;
import io.portcullis.core.recovery.LedgerReplay;
import io.portcullis.core.recovery.Recovery;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.RevocationLedger;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Degraded mode: when Redis is not asked, and what must happen before it is asked again. */
@Configuration(proxyBeanMethods = false)
class RecoveryConfiguration {
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
                connections::awayNanosSince);
    }

    @Bean
    @Primary
    AccessTokenStore accessTokenStore(
            @Qualifier(RedisConfiguration.ACKNOWLEDGED) AccessTokenStore acknowledgedStore,
            StoreBreaker redisBreaker,
            DegradedMode degraded) {
        return new GuardedAccessTokenStore(acknowledgedStore, redisBreaker, degraded);
    }

    @Bean
    LedgerReplay ledgerReplay(
            RevocationLedger ledger,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenStore redisStore,
            Transactions transactions,
            Clock clock) {
        return new LedgerReplay(ledger, redisStore, transactions, clock);
    }

    @Bean(destroyMethod = "close")
    Recovery recovery(
            DegradedMode degraded,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenStore redisStore,
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
