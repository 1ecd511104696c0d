package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;
import static io.portcullis.gateway.startup.PropertyRules.requireAtLeastOne;

import io.portcullis.core.token.use.TokenUseSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The record of which access token was used from which address and when (docs/design.md section 14).
 *
 * @param enabled whether this node records uses. Without it, a session was last seen at its last login or refresh
 * @param flushInterval the time between two writes to MySQL; what a crash loses at most
 * @param retention time for which a use is kept
 * @param maxPending number of rows that may wait for MySQL on this node
 * @param maxPerSession number of rows of a session in the last hour, above which no further row is created for it
 */
@ConfigurationProperties("portcullis.token-use")
record TokenUseProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("5s") Duration flushInterval,
        @DefaultValue("90d") Duration retention,
        @DefaultValue("50000") int maxPending,
        @DefaultValue("100") int maxPerSession) {
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(5);
    private static final Duration MIN_RETENTION = Duration.ofHours(2);
    private static final int MIN_PENDING = 1_000;
    private static final int MAX_PENDING = 10_000_000;

    TokenUseProperties {
        atLeastOneSecond("portcullis.token-use.flush-interval", flushInterval, "5s");
        if (flushInterval.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException(
                    "portcullis.token-use.flush-interval: " + flushInterval + " (expected: 1s to 5m)");
        }
        // The limit on the rows of a session counts those of the last hour.
        if (retention.compareTo(MIN_RETENTION) < 0) {
            throw new IllegalArgumentException("portcullis.token-use.retention: " + retention
                    + " (expected: 2h or more, with its unit, such as 90d)");
        }
        if (maxPending < MIN_PENDING || maxPending > MAX_PENDING) {
            throw new IllegalArgumentException("portcullis.token-use.max-pending: " + maxPending + " (expected: "
                    + MIN_PENDING + " to " + MAX_PENDING + ", such as 50000)");
        }
        requireAtLeastOne("portcullis.token-use.max-per-session", maxPerSession, 100);
    }

    TokenUseSettings settings() {
        return new TokenUseSettings(flushInterval, maxPending, maxPerSession);
    }
}
