package io.portcullis.gateway.accesslog;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The access log.
 *
 * @param enabled whether the gateway writes one line for each request, and gives services the request's id
 */
@ConfigurationProperties("portcullis.access-log")
record AccessLogProperties(@DefaultValue("false") boolean enabled) {}
