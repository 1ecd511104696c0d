package io.portcullis.gateway.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Binds the properties of the administrators' console.
 *
 * @param enabled whether the gateway serves the console at /console; if not, routes may have that path
 */
@ConfigurationProperties("portcullis.console")
record ConsoleProperties(@DefaultValue("true") boolean enabled) {}
