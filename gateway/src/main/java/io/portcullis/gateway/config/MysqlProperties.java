package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;
import static io.portcullis.gateway.startup.PropertyRules.longer;
import static io.portcullis.gateway.startup.PropertyRules.positive;

import io.portcullis.core.login.RefreshLimits;
import io.portcullis.core.r2dbc.pool.MySqlTimeouts;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.portcullis.core.token.check.FallbackSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Connection pool and timeouts of MySQL. The URL is in {@code spring.r2dbc}.
 *
 * @param maxConnections number of connections for checks, logins, refreshes and logouts
 * @param adminConnections size of a second pool, which serves the pages of the administration
 * @param adminStatementTimeout time limit for a statement of such a page, enforced by the server
 * @param acquireTimeout time limit for getting a connection from the pool, its validation included
 * @param validationTimeout time limit for the validation of a pooled connection, after which another one is used
 * @param connectTimeout time limit for a new connection, its login included
 * @param statementTimeout time limit for a statement (on MySQL: for a SELECT)
 * @param lockWaitTimeout time limit for waiting for a row lock
 * @param responseTimeout time after which a connection is closed if the server sends no response to a request
 * @param tcpUserTimeout time after which a connection is closed if sent bytes stay unacknowledged (Linux)
 * @param checkTimeout time limit for checking an access token in MySQL instead of Redis
 */
@ConfigurationProperties("portcullis.mysql")
record MysqlProperties(
        @DefaultValue("20") int maxConnections,
        @DefaultValue("4") int adminConnections,
        @DefaultValue("1s") Duration adminStatementTimeout,
        @DefaultValue("1s") Duration acquireTimeout,
        @DefaultValue("500ms") Duration validationTimeout,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("3s") Duration statementTimeout,
        @DefaultValue("3s") Duration lockWaitTimeout,
        @DefaultValue("5s") Duration responseTimeout,
        @DefaultValue("2s") Duration tcpUserTimeout,
        @DefaultValue("150ms") Duration checkTimeout) {
    private static final int WAITING_PER_ADMIN_CONNECTION = 8;
    private static final int EVENT_CONNECTIONS = 2;
    /** One for the probe that keeps them open, and one for readiness. */
    private static final int PROBE_CONNECTIONS = 2;

    /** One for the whole ledger, one for its recent entries, and one for the probe. */
    private static final int REPLAY_CONNECTIONS = 3;

    MysqlProperties {
        positive("portcullis.mysql.acquire-timeout", acquireTimeout);
        positive("portcullis.mysql.validation-timeout", validationTimeout);
        positive("portcullis.mysql.connect-timeout", connectTimeout);
        positive("portcullis.mysql.tcp-user-timeout", tcpUserTimeout);
        positive("portcullis.mysql.check-timeout", checkTimeout);
        // The database servers measure these limits in whole seconds.
        atLeastOneSecond("portcullis.mysql.statement-timeout", statementTimeout, "3s");
        atLeastOneSecond("portcullis.mysql.lock-wait-timeout", lockWaitTimeout, "3s");
        atLeastOneSecond("portcullis.mysql.admin-statement-timeout", adminStatementTimeout, "1s");
        longer("portcullis.mysql.response-timeout", responseTimeout, "statement-timeout", statementTimeout);
        longer("portcullis.mysql.response-timeout", responseTimeout, "admin-statement-timeout", adminStatementTimeout);
        longer("portcullis.mysql.response-timeout", responseTimeout, "lock-wait-timeout", lockWaitTimeout);
        if (maxConnections < 2) {
            throw new IllegalArgumentException(
                    "portcullis.mysql.max-connections: " + maxConnections + " (expected: 2 or more, such as 20)");
        }
        if (adminConnections < 1) {
            throw new IllegalArgumentException(
                    "portcullis.mysql.admin-connections: " + adminConnections + " (expected: 1 or more, such as 4)");
        }
    }

    /** Returns the settings of the pool of logins, refreshes and logouts, of which half is kept open. */
    PoolSettings pool() {
        return kept(loginConnections(), (loginConnections() + 1) / 2);
    }

    /**
     * Returns the settings of the pool of the checks in MySQL, of which no look-up waits for another's connection. Those for genuine tokens are
     * kept open, because opening connections when Redis fails would take too long.
     */
    PoolSettings checkPool() {
        return kept(fallback().connections() + PROBE_CONNECTIONS, checkConnections());
    }

    private PoolSettings kept(int connections, int open) {
        return settings(connections, open, acquireTimeout, statementTimeout);
    }

    /**
     * Returns the settings of the pool of the administration. It opens connections on demand, and refuses a page at once if many wait
     * already.
     */
    PoolSettings administrationPool() {
        return onDemand(adminConnections, adminStatementTimeout)
                .withMaxWaiting(WAITING_PER_ADMIN_CONNECTION * adminConnections);
    }

    /**
     * Returns the settings of the pool of the delivery of session events, which opens connections on demand.
     *
     * @param deliveries the number of deliveries whose results may wait for a connection
     */
    PoolSettings eventPool(int deliveries) {
        // One more may wait: the round itself, or the reading of the backlog.
        return onDemand(EVENT_CONNECTIONS, statementTimeout).withMaxWaiting(deliveries + EVENT_CONNECTIONS);
    }

    /** Returns the settings of the pool of the replay of the ledger, which opens connections on demand. */
    PoolSettings replayPool() {
        return onDemand(REPLAY_CONNECTIONS, statementTimeout);
    }

    /** The first caller waits for a new connection too. */
    private PoolSettings onDemand(int connections, Duration statementLimit) {
        return settings(connections, 0, acquireTimeout.plus(connectTimeout), statementLimit);
    }

    private PoolSettings settings(int connections, int open, Duration acquireLimit, Duration statementLimit) {
        PoolSettings defaults = PoolSettings.defaults();
        return new PoolSettings(
                connections,
                open,
                acquireLimit,
                validationTimeout,
                defaults.maxIdleTime(),
                defaults.maxLifeTime(),
                new MySqlTimeouts(connectTimeout, statementLimit, lockWaitTimeout, responseTimeout, tcpUserTimeout));
    }

    /** Returns the settings of the check of access tokens in MySQL. */
    FallbackSettings fallback() {
        return new FallbackSettings(
                checkConnections(), FallbackSettings.defaults().maxWaiting(), checkTimeout);
    }

    /**
     * Returns the limits on refreshes: a quarter of the connections of the logins is left to logins and logouts. A refresh waits for its turn as
     * long as for a connection.
     */
    RefreshLimits refreshLimits() {
        return new RefreshLimits(Math.max(1, loginConnections() * 3 / 4), acquireTimeout);
    }

    private int loginConnections() {
        return maxConnections - checkConnections();
    }

    private int checkConnections() {
        return maxConnections / 2;
    }
}
