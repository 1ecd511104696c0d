package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;
import static io.portcullis.gateway.startup.PropertyRules.requireAtLeastOne;

import io.portcullis.core.throttle.AttemptLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits on wrong passwords (ADR 20).
 *
 * @param failureWindow time window in which wrong passwords are counted
 * @param maxFailures limit on wrong passwords for one name from one address within the window
 * @param maxFailuresPerAddress limit on wrong passwords from one address within the window
 * @param maxFailuresPerAccount limit on wrong passwords for one account within the window, from addresses from which it has
 *     never logged in
 */
@ConfigurationProperties("portcullis.login")
record LoginProperties(
        @DefaultValue("5m") Duration failureWindow,
        @DefaultValue("10") int maxFailures,
        @DefaultValue("100") int maxFailuresPerAddress,
        @DefaultValue("100") int maxFailuresPerAccount) {
    private static final Duration MAX_WINDOW = Duration.ofHours(1);

    LoginProperties {
        atLeastOneSecond("portcullis.login.failure-window", failureWindow, "5m");
        // Failures at other nodes are counted in the login log, which keeps entries for at least one hour.
        if (failureWindow.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "portcullis.login.failure-window: " + failureWindow + " (expected: 1h or less, such as 5m)");
        }
        requireAtLeastOne("portcullis.login.max-failures", maxFailures, 10);
        requireAtLeastOne("portcullis.login.max-failures-per-address", maxFailuresPerAddress, 100);
        requireAtLeastOne("portcullis.login.max-failures-per-account", maxFailuresPerAccount, 100);
    }

    AttemptLimits limits() {
        return new AttemptLimits(maxFailures, maxFailuresPerAddress, maxFailuresPerAccount, failureWindow);
    }
}
