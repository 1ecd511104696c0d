package io.portcullis.gateway.config;

import io.portcullis.core.identity.IdentityTokenSettings;
import io.portcullis.gateway.startup.PropertyRules;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The signed identity that services of routes with {@code signed-identity: true} receive (docs/signed-identity.md).
 *
 * @param issuer the claim iss of each token: any text without a colon, or a URI
 * @param rotationPeriod time for which a key signs before the next one does
 * @param maxCached number of tokens that a node keeps for further requests of the same session and route
 */
@ConfigurationProperties("portcullis.identity-token")
record IdentityTokenProperties(
        @DefaultValue("portcullis") String issuer,
        @DefaultValue("30d") Duration rotationPeriod,
        @DefaultValue("20000") int maxCached) {
    private static final Duration MIN_PERIOD = Duration.ofHours(6);
    private static final Duration MAX_PERIOD = Duration.ofDays(3_650);
    private static final int MIN_CACHED = 100;
    private static final int MAX_CACHED = 10_000_000;

    IdentityTokenProperties {
        if (!PropertyRules.isStringOrUri(issuer)) {
            throw new IllegalArgumentException("portcullis.identity-token.issuer: " + issuer
                    + " (expected: a text without spaces, or a URI such as https://gateway.example.com, of 1 to "
                    + PropertyRules.MAX_NAME_LENGTH + " characters)");
        }
        // A key is published an hour before it signs, and an hour after.
        if (rotationPeriod.compareTo(MIN_PERIOD) < 0 || rotationPeriod.compareTo(MAX_PERIOD) > 0) {
            throw new IllegalArgumentException("portcullis.identity-token.rotation-period: " + rotationPeriod
                    + " (expected: 6h to 3650d, with its unit, such as 30d)");
        }
        if (maxCached < MIN_CACHED || maxCached > MAX_CACHED) {
            throw new IllegalArgumentException("portcullis.identity-token.max-cached: " + maxCached + " (expected: "
                    + MIN_CACHED + " to " + MAX_CACHED + ", such as 20000)");
        }
    }

    IdentityTokenSettings settings() {
        return new IdentityTokenSettings(issuer, maxCached);
    }
}
