package io.portcullis.gateway.config;

import static io.portcullis.gateway.config.Durations.atLeastOneSecond;
import static io.portcullis.gateway.config.Durations.longer;
import static io.portcullis.gateway.config.Durations.positive;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.AttemptLimits;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.gateway.problem.StatusStyle;
import io.portcullis.gateway.startup.UnknownPropertyCheck;
import io.portcullis.gateway.stream.StreamProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Binds the properties below {@code portcullis} (docs/design.md section 10). The constructors validate the values and throw
 * {@link IllegalArgumentException} with the expected values. {@link UnknownPropertyCheck} refuses properties that neither this
 * record nor the record of a feature has.
 */
@ConfigurationProperties(prefix = "portcullis")
public record PortcullisProperties(
        @DefaultValue Token token,
        @DefaultValue Session session,
        @DefaultValue Refresh refresh,
        @DefaultValue Logout logout,
        @DefaultValue BootstrapAdmin bootstrapAdmin,
        @DefaultValue AccountSource account,
        @DefaultValue Login login,
        @DefaultValue Http http,
        @DefaultValue @NestedConfigurationProperty StreamProperties stream,
        @DefaultValue FastPath fastPath,
        @DefaultValue Redis redis,
        @DefaultValue Mysql mysql,
        @DefaultValue Janitor janitor,
        @DefaultValue Audit audit,
        @DefaultValue Shutdown shutdown) {
    private static final int MIN_KEY_BYTES = 32;
    private static final String STORED_KEY = "stored";

    public PortcullisProperties {
        if (token.accessTtl().compareTo(session.maxLifetime()) > 0) {
            throw new IllegalArgumentException("portcullis.token.access-ttl: " + token.accessTtl()
                    + " (expected: no longer than portcullis.session.max-lifetime, which is " + session.maxLifetime()
                    + ")");
        }
    }

    /**
     * Token lifetimes and signing keys.
     *
     * @param accessTtl life of an access token
     * @param refreshTtl life of a refresh token
     * @param keys base64 secrets of at least 32 bytes; the first one signs, all verify. "stored" stands for the secret in MySQL,
     *     which always verifies if it exists. If the list is empty, the gateway creates that secret once and uses it alone
     */
    public record Token(
            @DefaultValue("30m") Duration accessTtl,
            @DefaultValue("30d") Duration refreshTtl,
            @DefaultValue List<String> keys) {
        public Token {
            atLeastOneSecond("portcullis.token.access-ttl", accessTtl, "30m");
            atLeastOneSecond("portcullis.token.refresh-ttl", refreshTtl, "30d");
            if (refreshTtl.compareTo(accessTtl) <= 0) {
                throw new IllegalArgumentException("portcullis.token.refresh-ttl: " + refreshTtl
                        + " (expected: longer than portcullis.token.access-ttl, which is " + accessTtl + ")");
            }
            keys = List.copyOf(keys);
            keys.forEach(Token::requireKey);
        }

        /** Returns whether the configuration needs the secret in MySQL, which is then created if it does not exist. */
        boolean needsStored() {
            return keys.isEmpty() || keys.contains(STORED_KEY);
        }

        /**
         * Returns the secrets in order, the signing one first. A stored secret that is not listed comes last.
         *
         * @param stored the secret in MySQL, or {@code null} if it does not exist
         */
        List<byte[]> secrets(byte @Nullable [] stored) {
            List<byte[]> secrets = new ArrayList<>();
            for (String key : keys) {
                secrets.add(
                        key.equals(STORED_KEY)
                                ? Objects.requireNonNull(stored, STORED_KEY)
                                : Base64.getDecoder().decode(key));
            }
            if (stored != null && secrets.stream().noneMatch(secret -> Arrays.equals(secret, stored))) {
                secrets.add(stored);
            }
            return secrets;
        }

        /** Checks a key. The error message never contains the value, because an invalid key may still be a secret. */
        private static void requireKey(String key) {
            if (key.equals(STORED_KEY)) {
                return;
            }
            int bytes;
            try {
                bytes = Base64.getDecoder().decode(key).length;
            } catch (IllegalArgumentException e) {
                // Without the cause, which Boot would print instead of the sentence.
                throw new IllegalArgumentException(
                        "portcullis.token.keys: a key is not base64 (expected: the output of `openssl rand -base64 32`)");
            }
            if (bytes < MIN_KEY_BYTES) {
                throw new IllegalArgumentException("portcullis.token.keys: a key has " + bytes
                        + " bytes (expected: at least 32, such as the output of `openssl rand -base64 32`)");
            }
        }

        @Override
        public String toString() {
            return "Token[accessTtl=" + accessTtl + ", refreshTtl=" + refreshTtl + ", keys=" + keys.size() + "]";
        }
    }

    /** @param maxLifetime absolute expiry of a session, which no refresh extends */
    public record Session(@DefaultValue("90d") Duration maxLifetime) {
        public Session {
            atLeastOneSecond("portcullis.session.max-lifetime", maxLifetime, "90d");
        }
    }

    /** @param grace time in which a spent refresh token yields the same successor pair again; 0 disables it */
    public record Refresh(@DefaultValue("10s") Duration grace) {
        private static final Duration MAX_GRACE = Duration.ofMinutes(1);

        public Refresh {
            if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
                throw new IllegalArgumentException(
                        "portcullis.refresh.grace: " + grace + " (expected: 0s to 60s, such as 10s)");
            }
        }
    }

    /** @param whenRedisFails whether a logout without tombstones in Redis is refused (reject) or done (queue) */
    public record Logout(@DefaultValue("reject") WhenRedisFails whenRedisFails) {}

    /**
     * The first administrator, created at start if no account exists. Both values or none must be set.
     *
     * @param username name of the first administrator, created if no account exists
     * @param password password of the first administrator, at least 8 characters
     */
    public record BootstrapAdmin(
            @Nullable String username, @Nullable String password) {
        public BootstrapAdmin {
            if ((username == null) != (password == null)) {
                throw new IllegalArgumentException(
                        "portcullis.bootstrap-admin: one of username and password is missing (expected: both or none)");
            }
            if (username != null && password != null) {
                check("portcullis.bootstrap-admin.username", () -> NewAccount.requireUsername(username));
                check("portcullis.bootstrap-admin.password", () -> NewAccount.requirePassword(password));
            }
        }

        /** Applies the core's rules for accounts at binding, before the gateway connects to a store. */
        private static void check(String name, Runnable rule) {
            try {
                rule.run();
            } catch (PortcullisException e) {
                // Without the cause, which Boot would print instead of the sentence.
                throw new IllegalArgumentException(name + ": " + e.detail());
            }
        }

        @Override
        public String toString() {
            return "BootstrapAdmin[username=" + username + "]";
        }
    }

    /**
     * Selects the source of accounts: the gateway's own table, or a query on an existing one.
     *
     * @param query SQL on an existing user table; it selects id, username, password hash, status, roles and user type by
     *     :username. Without it, the gateway uses its own table
     * @param enabledValues values of the selected status with which an account may log in; upper and lower case are equal
     */
    public record AccountSource(
            @Nullable String query,
            @DefaultValue({"ENABLED", "1", "TRUE"}) List<String> enabledValues) {
        public AccountSource {
            if (query != null) {
                QueryAccountRepository.requireQuery(query);
            }
            enabledValues = List.copyOf(enabledValues);
            if (enabledValues.isEmpty() || enabledValues.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("portcullis.account.enabled-values: " + enabledValues
                        + " (expected: one or more texts of the status that mean enabled, such as ENABLED,1,TRUE)");
            }
        }
    }

    /**
     * Limits on wrong passwords (ADR 20).
     *
     * @param failureWindow time window in which wrong passwords are counted
     * @param maxFailures limit on wrong passwords for one name from one address within the window
     * @param maxFailuresPerAddress limit on wrong passwords from one address within the window
     * @param maxFailuresPerAccount limit on wrong passwords for one account within the window, from addresses from which it has
     *     never logged in
     */
    public record Login(
            @DefaultValue("5m") Duration failureWindow,
            @DefaultValue("10") int maxFailures,
            @DefaultValue("100") int maxFailuresPerAddress,
            @DefaultValue("100") int maxFailuresPerAccount) {
        private static final Duration MAX_WINDOW = Duration.ofHours(1);

        public Login {
            atLeastOneSecond("portcullis.login.failure-window", failureWindow, "5m");
            // Failures at other nodes are counted in the login log, which keeps entries for at least one hour.
            if (failureWindow.compareTo(MAX_WINDOW) > 0) {
                throw new IllegalArgumentException(
                        "portcullis.login.failure-window: " + failureWindow + " (expected: 1h or less, such as 5m)");
            }
            atLeastOne("max-failures", maxFailures, 10);
            atLeastOne("max-failures-per-address", maxFailuresPerAddress, 100);
            atLeastOne("max-failures-per-account", maxFailuresPerAccount, 100);
        }

        private static void atLeastOne(String name, int value, int example) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "portcullis.login." + name + ": " + value + " (expected: 1 or more, such as " + example + ")");
            }
        }

        AttemptLimits limits() {
            return new AttemptLimits(maxFailures, maxFailuresPerAddress, maxFailuresPerAccount, failureWindow);
        }
    }

    /**
     * Requests and responses.
     *
     * @param statusStyle HTTP status of error responses: that of the failure (status), or 200 (envelope)
     * @param tokenParameter whether the query parameter "token" is read
     * @param cookies whether tokens are set in, and read from, cookies
     * @param requestTimeout time limit for a client to send a complete request
     * @param writeTimeout time after which a connection is closed if its peer reads no byte of the pending data
     */
    public record Http(
            @DefaultValue("status") StatusStyle statusStyle,
            @DefaultValue("true") boolean tokenParameter,
            @DefaultValue("false") boolean cookies,
            @DefaultValue("60s") Duration requestTimeout,
            @DefaultValue("30s") Duration writeTimeout) {
        public Http {
            atLeastOneSecond("portcullis.http.request-timeout", requestTimeout, "60s");
            atLeastOneSecond("portcullis.http.write-timeout", writeTimeout, "30s");
        }
    }

    /** @param enabled whether plain proxied requests take the fast path instead of the filter chain */
    public record FastPath(@DefaultValue("true") boolean enabled) {}

    /**
     * Timeouts and replication of Redis. The addresses are in {@code spring.data.redis}.
     *
     * @param commandTimeout time limit for a check in Redis, after which MySQL answers instead
     * @param writeTimeout time limit for writing the tombstone of a logout, replicas included
     * @param tcpUserTimeout time after which a connection is closed if the server acknowledges no sent bytes (Linux)
     * @param waitReplicas number of replicas that must have a tombstone before a logout succeeds; 0 waits for none
     * @param waitTimeout time limit for the acknowledgement of these replicas
     */
    public record Redis(
            @DefaultValue("80ms") Duration commandTimeout,
            @DefaultValue("500ms") Duration writeTimeout,
            @DefaultValue("2s") Duration tcpUserTimeout,
            @DefaultValue("0") int waitReplicas,
            @DefaultValue("100ms") Duration waitTimeout) {
        public Redis {
            positive("portcullis.redis.command-timeout", commandTimeout);
            positive("portcullis.redis.write-timeout", writeTimeout);
            positive("portcullis.redis.tcp-user-timeout", tcpUserTimeout);
            positive("portcullis.redis.wait-timeout", waitTimeout);
            if (waitReplicas < 0) {
                throw new IllegalArgumentException("portcullis.redis.wait-replicas: " + waitReplicas
                        + " (expected: 0 for none, or the number of replicas that must have a tombstone)");
            }
            if (waitTimeout.compareTo(writeTimeout) >= 0) {
                throw new IllegalArgumentException("portcullis.redis.wait-timeout: " + waitTimeout
                        + " (expected: less than portcullis.redis.write-timeout, which is " + writeTimeout + ")");
            }
        }
    }

    /**
     * Connection pool and timeouts of MySQL. The URL is in {@code spring.r2dbc}.
     *
     * @param maxConnections size of the connection pool
     * @param acquireTimeout time limit for getting a connection from the pool, its validation included
     * @param validationTimeout time limit for the validation of a pooled connection, after which another one is used
     * @param connectTimeout time limit for a new connection, its login included
     * @param statementTimeout time limit for a statement (on MySQL: for a SELECT)
     * @param lockWaitTimeout time limit for waiting for a row lock
     * @param responseTimeout time after which a connection is closed if the server sends no response to a request
     * @param tcpUserTimeout time after which a connection is closed if sent bytes stay unacknowledged (Linux)
     * @param checkTimeout time limit for checking an access token in MySQL instead of Redis
     */
    public record Mysql(
            @DefaultValue("20") int maxConnections,
            @DefaultValue("1s") Duration acquireTimeout,
            @DefaultValue("500ms") Duration validationTimeout,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("3s") Duration statementTimeout,
            @DefaultValue("3s") Duration lockWaitTimeout,
            @DefaultValue("5s") Duration responseTimeout,
            @DefaultValue("2s") Duration tcpUserTimeout,
            @DefaultValue("150ms") Duration checkTimeout) {
        public Mysql {
            positive("portcullis.mysql.acquire-timeout", acquireTimeout);
            positive("portcullis.mysql.validation-timeout", validationTimeout);
            positive("portcullis.mysql.connect-timeout", connectTimeout);
            positive("portcullis.mysql.tcp-user-timeout", tcpUserTimeout);
            positive("portcullis.mysql.check-timeout", checkTimeout);
            // The database servers measure these limits in whole seconds.
            atLeastOneSecond("portcullis.mysql.statement-timeout", statementTimeout, "3s");
            atLeastOneSecond("portcullis.mysql.lock-wait-timeout", lockWaitTimeout, "3s");
            longer("portcullis.mysql.response-timeout", responseTimeout, "statement-timeout", statementTimeout);
            longer("portcullis.mysql.response-timeout", responseTimeout, "lock-wait-timeout", lockWaitTimeout);
            if (maxConnections < 2) {
                throw new IllegalArgumentException(
                        "portcullis.mysql.max-connections: " + maxConnections + " (expected: 2 or more, such as 20)");
            }
        }
    }

    /**
     * The janitor, which ends expired sessions and removes expired rows.
     *
     * @param enabled whether this node may run the janitor
     * @param interval delay between the end of one run and the start of the next
     * @param batchSize number of rows that one transaction removes
     * @param tokenRetention time for which expired tokens are kept, so that a logout can still present one
     * @param sessionRetention time for which ended sessions are kept
     */
    public record Janitor(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1m") Duration interval,
            @DefaultValue("500") int batchSize,
            @DefaultValue("1d") Duration tokenRetention,
            @DefaultValue("30d") Duration sessionRetention) {
        private static final int MAX_BATCH_SIZE = 5_000;

        public Janitor {
            atLeastOneSecond("portcullis.janitor.interval", interval, "1m");
            atLeastOneSecond("portcullis.janitor.token-retention", tokenRetention, "1d");
            atLeastOneSecond("portcullis.janitor.session-retention", sessionRetention, "30d");
            if (batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
                throw new IllegalArgumentException("portcullis.janitor.batch-size: " + batchSize + " (expected: 1 to "
                        + MAX_BATCH_SIZE + ", such as 500)");
            }
        }
    }

    /** @param loginLogRetention time for which an entry of the login log is kept */
    public record Audit(@DefaultValue("180d") Duration loginLogRetention) {
        public Audit {
            // The limits on wrong passwords count the entries of the failure window, which is at most one hour.
            if (loginLogRetention.toHours() < 1) {
                throw new IllegalArgumentException("portcullis.audit.login-log-retention: " + loginLogRetention
                        + " (expected: 1h or more, with its unit, such as 180d)");
            }
        }
    }

    /** @param drainDelay time for which a node keeps serving after it stopped being ready, until load balancers have noticed */
    public record Shutdown(@DefaultValue("0s") Duration drainDelay) {
        private static final Duration MAX_DRAIN_DELAY = Duration.ofMinutes(5);

        public Shutdown {
            if (drainDelay.isNegative() || drainDelay.compareTo(MAX_DRAIN_DELAY) > 0) {
                throw new IllegalArgumentException(
                        "portcullis.shutdown.drain-delay: " + drainDelay + " (expected: 0s to 5m, such as 5s)");
            }
        }
    }
}
