package io.portcullis.gateway.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The shutdown of a node.
 *
 * @param drainDelay time for which a node keeps serving after it stopped being ready, until load balancers have noticed
 */
@ConfigurationProperties("portcullis.shutdown")
record ShutdownProperties(@DefaultValue("0s") Duration drainDelay) {
    private static final Duration MAX_DRAIN_DELAY = Duration.ofMinutes(5);

    ShutdownProperties {
        if (drainDelay.isNegative() || drainDelay.compareTo(MAX_DRAIN_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "portcullis.shutdown.drain-delay: " + drainDelay + " (expected: 0s to 5m, such as 5s)");
        }
    }
}
