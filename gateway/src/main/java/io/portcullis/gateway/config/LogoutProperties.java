package io.portcullis.gateway.config;

import io.portcullis.core.termination.WhenRedisFails;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The policy of logouts.
 *
 * @param whenRedisFails whether a logout without tombstones in Redis is refused (reject) or done (queue)
 */
@ConfigurationProperties("portcullis.logout")
record LogoutProperties(@DefaultValue("reject") WhenRedisFails whenRedisFails) {}
