package io.portcullis.gateway.authentication;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Binds the properties of tokens in the query (docs/design.md section 5).
 *
 * @param tokenParameter whether the query parameter "token" is read
 * @param ticketParameter whether the query parameter "ticket" is read on proxied requests
 */
@ConfigurationProperties("portcullis.http")
public record AuthenticationProperties(
        @DefaultValue("true") boolean tokenParameter,
        @DefaultValue("true") boolean ticketParameter) {}
