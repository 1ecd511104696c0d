package io.portcullis.gateway.config;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.event.EventRecordingSessionRepository;
import io.portcullis.core.event.SessionEventOutbox;
import io.portcullis.core.r2dbc.ClusterLocks;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.DatabaseTopology;
import io.portcullis.core.r2dbc.MySqlUrl;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.r2dbc.R2dbcAccountRepository;
import io.portcullis.core.r2dbc.R2dbcLoginLogRepository;
import io.portcullis.core.r2dbc.R2dbcRevocationLedger;
import io.portcullis.core.r2dbc.R2dbcSessionEndRepository;
import io.portcullis.core.r2dbc.R2dbcSessionRepository;
import io.portcullis.core.r2dbc.R2dbcSigningKeyRepository;
import io.portcullis.core.r2dbc.R2dbcTicketRepository;
import io.portcullis.core.r2dbc.R2dbcTokenRepository;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.R2dbcUserLockRepository;
import io.portcullis.core.r2dbc.SchemaMigration;
import io.portcullis.core.r2dbc.SchemaMigrationException;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlServers;
import io.portcullis.core.r2dbc.pool.ReadOnlyServerProbe;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.session.UserLockRepository;
import io.portcullis.core.ticket.TicketRepository;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.SigningKeyRepository;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.observe.ActiveTransactions;
import io.portcullis.gateway.observe.MySqlLatency;
import io.portcullis.gateway.startup.ConfigurationException;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Creates the adapters to MySQL. Migrates the schema and opens the first connection before the server listens. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(R2dbcProperties.class)
class MySqlConfiguration {
    private static final Logger log = LoggerFactory.getLogger(MySqlConfiguration.class);

    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final Duration FIRST_DELAY = Duration.ofMillis(200);
    /** More attempts than fit into the start limit, so that only the limit ends the retries. */
    private static final int FIRST_ATTEMPTS = 200;

    /** Migrates the schema, and finds out what the database is. */
    @Bean
    DatabaseTopology databaseTopology(R2dbcProperties r2dbc) {
        String url = r2dbc.getUrl();
        if (url == null || url.isBlank()) {
            throw new ConfigurationException(
                    "spring.r2dbc.url is missing.", "Write a URL such as r2dbc:mysql://localhost:3306/portcullis");
        }
        if (MySqlUrl.namesSeveralServers(url) && username(r2dbc).isEmpty()) {
            throw new ConfigurationException(
                    "spring.r2dbc.username is missing.",
                    "Write the name of one account that all servers of the URL have.");
        }
        migrate(url, username(r2dbc), password(r2dbc));
        return topology(url, username(r2dbc), password(r2dbc));
    }

    /** Begins to watch the servers if the URL names several. */
    @Bean(destroyMethod = "close")
    MySqlServers mySqlServers(DatabaseTopology topology, R2dbcProperties r2dbc, MysqlProperties properties) {
        return MySqlServers.start(
                Objects.requireNonNull(r2dbc.getUrl(), "url"),
                username(r2dbc),
                password(r2dbc),
                properties.pool().timeouts(),
                topology.isGalera());
    }

    @Bean
    ClusterLocks clusterLocks(DatabaseTopology topology, DatabaseClient client) {
        return topology.isGalera() ? ClusterLocks.written(client) : ClusterLocks.none();
    }

    @Bean(destroyMethod = "dispose")
    ConnectionPool connectionPool(MySqlServers servers, MysqlProperties properties) {
        ConnectionPool pool = MySqlConnectionPools.create(servers, properties.pool());
        openFirst(pool);
        return pool;
    }

    private static String username(R2dbcProperties r2dbc) {
        return Objects.requireNonNullElse(r2dbc.getUsername(), "");
    }

    private static String password(R2dbcProperties r2dbc) {
        return Objects.requireNonNullElse(r2dbc.getPassword(), "");
    }

    private static void migrate(String url, String username, String password) {
        try {
            SchemaMigration.migrate(url, username, password);
        } catch (SchemaMigrationException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()), e.action());
        }
    }

    private static DatabaseTopology topology(String url, String username, String password) {
        try {
            DatabaseTopology topology = DatabaseTopology.find(url, username, password);
            log.info("MySQL is {}", topology.description());
            return topology;
        } catch (SchemaMigrationException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()), e.action());
        }
    }

    /** Opens the first connection with retries, because a cold JVM needs longer for it than the pool's acquire timeout. */
    private static void openFirst(ConnectionPool pool) {
        var lastFailure = new AtomicReference<@Nullable Throwable>();
        try {
            pool.create()
                    .flatMap(connection -> Mono.from(connection.close()))
                    .doOnError(lastFailure::set)
                    .retryWhen(Retry.fixedDelay(FIRST_ATTEMPTS, FIRST_DELAY))
                    .block(START_LIMIT);
        } catch (RuntimeException e) {
            pool.dispose();
            throw new ConfigurationException(
                    "Cannot connect to MySQL: " + RootCause.describe(Objects.requireNonNullElse(lastFailure.get(), e)),
                    "Check spring.r2dbc.url and its sslMode, spring.r2dbc.username and spring.r2dbc.password.");
        }
    }

    @Bean
    DatabaseClient databaseClient(ConnectionPool pool) {
        return DatabaseClient.create(pool);
    }

    @Bean
    R2dbcTransactions transactions(ConnectionPool pool, @Qualifier(MySqlLatency.TRANSACTIONS) LatencyRecorder latency) {
        return new R2dbcTransactions(pool, latency);
    }

    @Bean
    ActiveTransactions activeTransactions(
            R2dbcTransactions transactions, @Qualifier(TokenCheckConfiguration.CHECKS) R2dbcTransactions checks) {
        return () -> transactions.inFlight() + checks.inFlight();
    }

    @Bean(destroyMethod = "close")
    ReadOnlyServerProbe writeProbe(Transactions transactions) {
        var probe = new ReadOnlyServerProbe(transactions);
        probe.start();
        return probe;
    }

    @Bean
    AccountRepository accountRepository(DatabaseClient client, ClusterLocks locks, AccountProperties properties) {
        String query = properties.query();
        return query == null
                ? new R2dbcAccountRepository(client, locks)
                : queryAccountRepository(client, query, properties);
    }

    /** Creates the repository and runs its query once, because a mistake would otherwise show at the first login only. */
    private static AccountRepository queryAccountRepository(
            DatabaseClient client, String query, AccountProperties account) {
        var repository = new QueryAccountRepository(client, query, account.enabledValues());
        try {
            repository.tryOnce().block(START_LIMIT);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    String.valueOf(e.getMessage()),
                    "Correct portcullis.account.query, or the rights of the database user");
        }
        return repository;
    }

    @Bean
    SessionRepository sessionRepository(DatabaseClient client, ObjectProvider<SessionEventOutbox> outbox) {
        var sessions = new R2dbcSessionRepository(client);
        SessionEventOutbox events = outbox.getIfAvailable();
        return events == null ? sessions : new EventRecordingSessionRepository(sessions, events);
    }

    @Bean
    UserLockRepository userLockRepository(DatabaseClient client) {
        return new R2dbcUserLockRepository(client);
    }

    @Bean
    SessionEndRepository sessionEndRepository(DatabaseClient client) {
        return new R2dbcSessionEndRepository(client, CurrentTimeSql.SERVER);
    }

    @Bean
    TokenRepository tokenRepository(DatabaseClient client) {
        return new R2dbcTokenRepository(client);
    }

    @Bean
    TicketRepository ticketRepository(DatabaseClient client) {
        return new R2dbcTicketRepository(client);
    }

    @Bean
    RevocationLedger revocationLedger(DatabaseClient client) {
        return new R2dbcRevocationLedger(client);
    }

    @Bean
    LoginLogRepository loginLog(DatabaseClient client) {
        return new R2dbcLoginLogRepository(client);
    }

    @Bean
    SigningKeyRepository signingKeyRepository(DatabaseClient client, Transactions transactions) {
        return new R2dbcSigningKeyRepository(client, transactions);
    }
}
