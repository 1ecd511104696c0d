package io.portcullis.gateway.config;

import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.R2dbcDatabaseClock;
import io.portcullis.core.r2dbc.R2dbcExpiredRowRepository;
import io.portcullis.core.r2dbc.R2dbcLeaseRepository;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionSettings;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.event.WebhookProperties;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** Creates the janitor, and the comparison of this node's clock with the database's (ADR 6). */
@Configuration(proxyBeanMethods = false)
class RetentionConfiguration {
    /** The life of the lease, several times the longest transaction, so that the janitor can renew it in time. */
    private static final Duration LEASE_TIME = Duration.ofSeconds(30);

    @Bean(destroyMethod = "close")
    Janitor janitor(
            DatabaseClient client,
            Transactions transactions,
            SessionTerminator terminator,
            RetentionSettings settings,
            JanitorProperties properties,
            ClockMonitor clocks,
            Clock clock,
            SecureRandom random) {
        var janitor = new Janitor(
                new R2dbcLeaseRepository(client, transactions),
                new R2dbcExpiredRowRepository(client),
                terminator,
                transactions,
                settings,
                new TimeOrderedIds(clock, random),
                clocks);
        if (properties.enabled()) {
            janitor.start();
        }
        return janitor;
    }

    @Bean(destroyMethod = "close")
    ClockMonitor clockMonitor(DatabaseClient client, Clock clock) {
        var clocks =
                new ClockMonitor(new R2dbcDatabaseClock(client, CurrentTimeSql.SERVER), clock, RevokedToken.CLOCK_SKEW);
        clocks.start();
        return clocks;
    }

    @Bean
    RetentionSettings retentionSettings(
            JanitorProperties janitor,
            AuditProperties audit,
            TokenUseProperties tokenUse,
            WebhookProperties webhook,
            LifetimeProperties lifetimes) {
        return new RetentionSettings(
                janitor.interval(),
                janitor.batchSize(),
                LEASE_TIME,
                lifetimes.refresh().grace(),
                janitor.tokenRetention(),
                janitor.sessionRetention(),
                audit.loginLogRetention(),
                tokenUse.retention(),
                webhook.deadLetterRetention());
    }
}
