package io.portcullis.gateway.config;

import io.portcullis.core.event.SessionEventDelivery;
import io.portcullis.core.event.SessionEventOutbox;
import io.portcullis.core.event.SessionEventQueue;
import io.portcullis.core.event.SessionEventReceiver;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.R2dbcLeaseRepository;
import io.portcullis.core.r2dbc.R2dbcSessionEventOutbox;
import io.portcullis.core.r2dbc.R2dbcSessionEventQueue;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlServers;
import io.portcullis.core.reactive.BacklogAge;
import io.portcullis.gateway.event.OnWebhook;
import io.portcullis.gateway.event.WebhookProperties;
import io.r2dbc.pool.ConnectionPool;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Creates the outbox of session events, and their delivery with connections of its own, so that a slow delivery uses no connection that a
 * login needs. Without a receiver there is none of it: no event is written and nothing runs.
 */
@OnWebhook
@Configuration(proxyBeanMethods = false)
class SessionEventConfiguration {
    private static final String EVENTS = "sessionEvents";

    /** Writes with the connection of the transaction that opens or ends the session. */
    @Bean
    SessionEventOutbox sessionEventOutbox(DatabaseClient client, Clock clock, SecureRandom random) {
        return new R2dbcSessionEventOutbox(client, new TimeOrderedIds(clock, random));
    }

    /** Depends on the pool of logins, which has checked the URL and migrated the schema before. */
    @Bean(destroyMethod = "dispose", defaultCandidate = false)
    @Qualifier(EVENTS)
    ConnectionPool sessionEventPool(
            ConnectionPool logins, MySqlServers servers, MysqlProperties properties, WebhookProperties webhook) {
        return MySqlConnectionPools.create(servers, properties.eventPool(webhook.concurrency()));
    }

    @Bean(defaultCandidate = false)
    @Qualifier(EVENTS)
    DatabaseClient sessionEventClient(@Qualifier(EVENTS) ConnectionPool pool) {
        return DatabaseClient.create(pool);
    }

    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier(EVENTS)
    R2dbcTransactions sessionEventTransactions(@Qualifier(EVENTS) ConnectionPool pool) {
        return new R2dbcTransactions(pool);
    }

    @Bean
    SessionEventQueue sessionEventQueue(@Qualifier(EVENTS) DatabaseClient client) {
        return new R2dbcSessionEventQueue(client, CurrentTimeSql.SERVER);
    }

    @Bean(destroyMethod = "close")
    SessionEventDelivery sessionEventDelivery(
            @Qualifier(EVENTS) DatabaseClient client,
            @Qualifier(EVENTS) R2dbcTransactions transactions,
            SessionEventQueue queue,
            SessionEventReceiver receiver,
            WebhookProperties properties,
            Clock clock,
            SecureRandom random) {
        return new SessionEventDelivery(
                new R2dbcLeaseRepository(client, transactions),
                queue,
                receiver,
                transactions,
                properties.delivery(),
                new TimeOrderedIds(clock, random));
    }

    @Bean(destroyMethod = "close")
    BacklogAge sessionEventBacklog(SessionEventQueue queue) {
        return new BacklogAge("Backlog of session events", queue.oldestAge());
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> sessionEventStart(SessionEventDelivery delivery, BacklogAge backlog) {
        return ready -> {
            delivery.start();
            backlog.start();
        };
    }
}
