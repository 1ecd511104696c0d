package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The janitor, which ends expired sessions and removes expired rows.
 *
 * @param enabled whether this node may run the janitor
 * @param interval delay between the end of one run and the start of the next
 * @param batchSize number of rows that one transaction removes
 * @param tokenRetention time for which expired tokens are kept, so that a logout can still present one
 * @param sessionRetention time for which ended sessions are kept
 */
@ConfigurationProperties("portcullis.janitor")
record JanitorProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1m") Duration interval,
        @DefaultValue("500") int batchSize,
        @DefaultValue("1d") Duration tokenRetention,
        @DefaultValue("30d") Duration sessionRetention) {
    private static final int MAX_BATCH_SIZE = 5_000;

    JanitorProperties {
        atLeastOneSecond("portcullis.janitor.interval", interval, "1m");
        atLeastOneSecond("portcullis.janitor.token-retention", tokenRetention, "1d");
        atLeastOneSecond("portcullis.janitor.session-retention", sessionRetention, "30d");
        if (batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
            throw new IllegalArgumentException("portcullis.janitor.batch-size: " + batchSize + " (expected: 1 to "
                    + MAX_BATCH_SIZE + ", such as 500)");
        }
    }
}
