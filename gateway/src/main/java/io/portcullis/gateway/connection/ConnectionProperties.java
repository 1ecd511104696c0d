package io.portcullis.gateway.connection;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Time limits of connections.
 *
 * @param requestTimeout time limit for a client to send a complete request
 * @param writeTimeout time after which a connection is closed if its peer reads no byte of the pending data
 */
@ConfigurationProperties("portcullis.http")
public record ConnectionProperties(
        @DefaultValue("60s") Duration requestTimeout,
        @DefaultValue("30s") Duration writeTimeout) {
    public ConnectionProperties {
        atLeastOneSecond("portcullis.http.request-timeout", requestTimeout, "60s");
        atLeastOneSecond("portcullis.http.write-timeout", writeTimeout, "30s");
    }
}
