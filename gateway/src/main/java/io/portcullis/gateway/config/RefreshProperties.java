package io.portcullis.gateway.config;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The grace window of a refresh.
 *
 * @param grace time after a rotation in which the spent refresh token yields the same successor pair again, and the replaced
 *     access token still passes; 0 disables it
 */
record RefreshProperties(@DefaultValue("10s") Duration grace) {
    private static final Duration MAX_GRACE = Duration.ofMinutes(1);

    RefreshProperties {
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException(
                    "portcullis.refresh.grace: " + grace + " (expected: 0s to 60s, such as 10s)");
        }
    }
}
