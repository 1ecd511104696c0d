package io.portcullis.gateway.config;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.client.ClientRepository;
import io.portcullis.core.event.SessionEventRepository;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.r2dbc.R2dbcAccountRepository;
import io.portcullis.core.r2dbc.R2dbcClientRepository;
import io.portcullis.core.r2dbc.R2dbcLoginLogRepository;
import io.portcullis.core.r2dbc.R2dbcSessionEventRepository;
import io.portcullis.core.r2dbc.R2dbcSessionRepository;
import io.portcullis.core.r2dbc.R2dbcTokenUseRepository;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlServers;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.use.TokenUseRepository;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.admin.Administration;
import io.r2dbc.pool.ConnectionPool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Creates a second connection pool, to the same server, and the repositories that read the pages of the administration with it. So
 * slow pages, and many of them, use no connection that a login needs. The beans are injected only where {@link Administration}
 * asks for them.
 */
@Configuration(proxyBeanMethods = false)
class AdministrationConfiguration {

    /** Depends on the pool of logins, which has checked the URL and migrated the schema before. */
    @Bean(destroyMethod = "dispose", defaultCandidate = false)
    @Administration
    ConnectionPool administrationPool(ConnectionPool logins, MySqlServers servers, MysqlProperties properties) {
        return MySqlConnectionPools.create(servers, properties.administrationPool());
    }

    @Bean(defaultCandidate = false)
    @Administration
    DatabaseClient administrationClient(@Administration ConnectionPool pool) {
        return DatabaseClient.create(pool);
    }

    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Administration
    Transactions administrationTransactions(@Administration ConnectionPool pool) {
        return new R2dbcTransactions(pool);
    }

    @Bean(defaultCandidate = false)
    @Administration
    SessionEventRepository administrationSessionEvents(@Administration DatabaseClient client) {
        return new R2dbcSessionEventRepository(client);
    }

    @Bean(defaultCandidate = false)
    @Administration
    SessionRepository administrationSessions(@Administration DatabaseClient client) {
        return new R2dbcSessionRepository(client, CurrentTimeSql.SERVER);
    }

    @Bean(defaultCandidate = false)
    @Administration
    LoginLogRepository administrationLoginLog(@Administration DatabaseClient client) {
        return new R2dbcLoginLogRepository(client);
    }

    @Bean(defaultCandidate = false)
    @Administration
    TokenUseRepository administrationTokenUses(@Administration DatabaseClient client) {
        return new R2dbcTokenUseRepository(client);
    }

    @Bean(defaultCandidate = false)
    @Administration
    ClientRepository administrationClients(@Administration DatabaseClient client) {
        return new R2dbcClientRepository(client);
    }

    @Bean(defaultCandidate = false)
    @Administration
    AccountRepository administrationAccounts(@Administration DatabaseClient client, AccountProperties properties) {
        String query = properties.query();
        return query == null
                ? new R2dbcAccountRepository(client)
                : new QueryAccountRepository(client, query, properties.enabledValues());
    }
}
