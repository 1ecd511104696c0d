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
 * Most of what is configured below {@code portcullis}, see docs/design.md section 10. {@link UnknownPropertyCheck} refuses what neither this
 * record nor that of a feature has.
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
     * Tokens.
     *
     * @param accessTtl life of an access token
     * @param refreshTtl life of a refresh token
     * @param keys base64 secrets of at least 32 bytes, the signing one first; the word "stored" is the one kept in
     *     MySQL, which verifies in any case where there is one; none: that one alone, made once
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

        /** Whether the secret that is kept in MySQL is asked for, so that it is made if there is none. */
        boolean needsStored() {
            return keys.isEmpty() || keys.contains(STORED_KEY);
        }

        /** The secrets in order, the stored one behind the others if it is not listed; null for none. */
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

        /** Never says the value: it is a secret even if it is a bad one. */
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
                        "portcullis.token.keys: one is no base64 (expected: what `openssl rand -base64 32` prints)");
            }
            if (bytes < MIN_KEY_BYTES) {
                throw new IllegalArgumentException("portcullis.token.keys: one has " + bytes
                        + " bytes (expected: at least 32, such as `openssl rand -base64 32` prints)");
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

    /** @param grace how long a spent refresh token yields the same successor pair again; 0 for never */
    public record Refresh(@DefaultValue("10s") Duration grace) {
        private static final Duration MAX_GRACE = Duration.ofMinutes(1);

        public Refresh {
            if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
                throw new IllegalArgumentException(
                        "portcullis.refresh.grace: " + grace + " (expected: 0s to 60s, such as 10s)");
            }
        }
    }

    /** @param whenRedisFails whether a logout that cannot reach Redis is refused or queued */
    public record Logout(@DefaultValue("reject") WhenRedisFails whenRedisFails) {}

    /**
     * The first administrator, made if no account exists; either both or none.
     *
     * @param username name of the first administrator, made if no account exists
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

        /** What an account can be is the core's to say, already before a store is asked. */
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
     * @param query SQL for an existing user table instead of the own one, selecting id, username, password hash, status, roles,
     *     user type by :username
     * @param enabledValues texts of the selected status that mean that the account may log in, in any case
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
     * Limits on wrong passwords.
     *
     * @param failureWindow time in which wrong passwords count
     * @param maxFailures wrong passwords of one name from one address in that time
     * @param maxFailuresPerAddress wrong passwords from one address in that time
     * @param maxFailuresPerAccount wrong passwords of one account from addresses from which it never logged in before
     */
    public record Login(
            @DefaultValue("5m") Duration failureWindow,
            @DefaultValue("10") int maxFailures,
            @DefaultValue("100") int maxFailuresPerAddress,
            @DefaultValue("100") int maxFailuresPerAccount) {
        private static final Duration MAX_WINDOW = Duration.ofHours(1);

        public Login {
            atLeastOneSecond("portcullis.login.failure-window", failureWindow, "5m");
            // The log, which tells the failures at other nodes, is kept for an hour at least.
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
     * HTTP.
     *
     * @param statusStyle where a failure's status is told
     * @param tokenParameter whether the query parameter "token" is read
     * @param cookies whether the tokens are handed out in, and read from, cookies
     * @param requestTimeout how long a client may take to send a whole request
     * @param writeTimeout how long a peer may take no byte of what is to be sent to it before its connection is closed
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

    /** @param enabled whether plain requests go past Spring's layers */
    public record FastPath(@DefaultValue("true") boolean enabled) {}

    /**
     * Redis, besides {@code spring.data.redis}.
     *
     * @param commandTimeout how long a check may take in Redis before MySQL is asked instead
     * @param writeTimeout how long the tombstone of a logout may take, replicas included
     * @param tcpUserTimeout how long a server may acknowledge nothing before the connection is given up; on Linux only
     * @param waitReplicas how many replicas must have a tombstone before a logout succeeds; 0 for none
     * @param waitTimeout how long to wait for them
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
                        + " (expected: 0 for none, or how many replicas must have a tombstone)");
            }
            if (waitTimeout.compareTo(writeTimeout) >= 0) {
                throw new IllegalArgumentException("portcullis.redis.wait-timeout: " + waitTimeout
                        + " (expected: less than portcullis.redis.write-timeout, which is " + writeTimeout + ")");
            }
        }
    }

    /**
     * MySQL.
     *
     * @param maxConnections size of the connection pool
     * @param acquireTimeout longest wait for a connection, its validation included
     * @param validationTimeout how long a connection from the pool may take to answer before another is taken
     * @param connectTimeout longest wait for a new connection, its login included
     * @param statementTimeout longest run of a statement (MySQL: of a SELECT)
     * @param lockWaitTimeout longest wait for a row lock
     * @param responseTimeout how long the server may stay silent after a request before the connection is closed
     * @param tcpUserTimeout how long sent bytes may stay unacknowledged before the connection is closed (Linux)
     * @param checkTimeout how long MySQL may take to check an access token in Redis's place
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
            // The servers count these in whole seconds.
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
     * The removal of what has expired.
     *
     * @param enabled whether this node takes part in it
     * @param interval how long after one run the next begins
     * @param batchSize how many rows one transaction removes
     * @param tokenRetention how long expired tokens are kept, for a logout that presents one
     * @param sessionRetention how long ended sessions are kept
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

    /** @param loginLogRetention how long an entry of the login log is kept */
    public record Audit(@DefaultValue("180d") Duration loginLogRetention) {
        public Audit {
            // The throttle of logins counts entries of the last minutes.
            if (loginLogRetention.toHours() < 1) {
                throw new IllegalArgumentException("portcullis.audit.login-log-retention: " + loginLogRetention
                        + " (expected: 1h or more, with its unit, such as 180d)");
            }
        }
    }

    /** @param drainDelay how long to serve on after readiness has gone, until nobody sends traffic any more */
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
