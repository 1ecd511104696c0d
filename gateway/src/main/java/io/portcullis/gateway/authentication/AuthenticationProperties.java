package io.portcullis.gateway.authentication;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Binds the property of tokens in the query (docs/design.md section 11).
 *
 * @param tokenParameter whether the query parameter "token" is read
 */
@ConfigurationProperties("portcullis.http")
public record AuthenticationProperties(@DefaultValue("true") boolean tokenParameter) {}
