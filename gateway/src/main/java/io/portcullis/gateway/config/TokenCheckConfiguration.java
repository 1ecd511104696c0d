package io.portcullis.gateway.config;

import io.portcullis.core.r2dbc.R2dbcRevocationLedger;
import io.portcullis.core.r2dbc.R2dbcTokenRepository;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlServers;
import io.portcullis.core.r2dbc.pool.ReadOnlyServerProbe;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.check.CheckLatency;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.token.use.TokenUseRecorder;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.observe.MySqlLatency;
import io.portcullis.gateway.observe.StoreProbe;
import io.r2dbc.pool.ConnectionPool;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Creates the check of access tokens, with connections of its own to MySQL: logins, refreshes and logouts that use all of theirs must not
 * stop the checks that Redis cannot decide.
 */
@Configuration(proxyBeanMethods = false)
class TokenCheckConfiguration {
    /** Qualifies the connections of the checks. */
    static final String CHECKS = "tokenChecks";

    /** Depends on the pool of logins, which has checked the URL and migrated the schema before. */
    @Bean(destroyMethod = "dispose", defaultCandidate = false)
    @Qualifier(CHECKS)
    ConnectionPool tokenCheckPool(ConnectionPool logins, MySqlServers servers, MysqlProperties properties) {
        return MySqlConnectionPools.create(servers, properties.checkPool());
    }

    @Bean(defaultCandidate = false)
    @Qualifier(CHECKS)
    DatabaseClient tokenCheckClient(@Qualifier(CHECKS) ConnectionPool pool) {
        return DatabaseClient.create(pool);
    }

    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier(CHECKS)
    R2dbcTransactions tokenCheckTransactions(
            @Qualifier(CHECKS) ConnectionPool pool, @Qualifier(MySqlLatency.TRANSACTIONS) LatencyRecorder latency) {
        return new R2dbcTransactions(pool, latency);
    }

    /** Asks with a connection of the checks: a node that can check tokens stays in service, however many logins wait for theirs. */
    @Bean
    StoreProbe mysqlProbe(@Qualifier(CHECKS) DatabaseClient client, @Qualifier(CHECKS) Transactions transactions) {
        // Runs in a transaction, because a read-only server answers a SELECT but refuses the transaction.
        return new StoreProbe(
                "mysql", () -> transactions.execute(client.sql("SELECT 1").then()));
    }

    /**
     * Opens the connections, and keeps them open by their use, because checks need them in the moment in which Redis fails. Notices that their
     * server has become read-only.
     */
    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier(CHECKS)
    ReadOnlyServerProbe tokenCheckProbe(@Qualifier(CHECKS) Transactions transactions) {
        var probe = new ReadOnlyServerProbe(transactions);
        probe.start();
        return probe;
    }

    @Bean(defaultCandidate = false)
    @Qualifier(CHECKS)
    TokenRepository checkedTokens(@Qualifier(CHECKS) DatabaseClient client) {
        return new R2dbcTokenRepository(client);
    }

    @Bean(defaultCandidate = false)
    @Qualifier(CHECKS)
    RevocationLedger checkedLedger(@Qualifier(CHECKS) DatabaseClient client) {
        return new R2dbcRevocationLedger(client);
    }

    @Bean
    AccessTokenAuthenticator accessTokenAuthenticator(
            TokenCodec codec,
            AccessTokenCache cache,
            @Qualifier(CHECKS) TokenRepository tokens,
            @Qualifier(CHECKS) RevocationLedger ledger,
            @Qualifier(CHECKS) Transactions transactions,
            TokenUseRecorder uses,
            Clock clock,
            MysqlProperties properties,
            CheckLatency latency) {
        return new AccessTokenAuthenticator(
                codec, cache, tokens, ledger, transactions, clock, properties.fallback(), uses, latency);
    }
}
