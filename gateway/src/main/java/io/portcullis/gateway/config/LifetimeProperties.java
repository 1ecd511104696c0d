package io.portcullis.gateway.config;

import io.portcullis.core.token.TokenLifetimes;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The properties of tokens, sessions and refreshes. They are bound together because their lifetimes limit each other. */
@ConfigurationProperties("portcullis")
record LifetimeProperties(
        @DefaultValue @NestedConfigurationProperty TokenProperties token,
        @DefaultValue @NestedConfigurationProperty SessionProperties session,
        @DefaultValue @NestedConfigurationProperty RefreshProperties refresh) {
    LifetimeProperties {
        if (token.accessTtl().compareTo(session.maxLifetime()) > 0) {
            throw new IllegalArgumentException("portcullis.token.access-ttl: " + token.accessTtl()
                    + " (expected: no longer than portcullis.session.max-lifetime, which is " + session.maxLifetime()
                    + ")");
        }
    }

    TokenLifetimes lifetimes() {
        return new TokenLifetimes(token.accessTtl(), token.refreshTtl(), session.maxLifetime(), refresh.grace());
    }
}
