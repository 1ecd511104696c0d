package io.portcullis.gateway.fastpath;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The fast path.
 *
 * @param enabled whether plain proxied requests take the fast path instead of the filter chain
 */
@ConfigurationProperties("portcullis.fast-path")
record FastPathProperties(@DefaultValue("true") boolean enabled) {}
