package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The life of a session.
 *
 * @param maxLifetime absolute expiry of a session, which no refresh extends
 */
record SessionProperties(@DefaultValue("90d") Duration maxLifetime) {
    SessionProperties {
        atLeastOneSecond("portcullis.session.max-lifetime", maxLifetime, "90d");
    }
}
