package io.portcullis.gateway.problem;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The form of error responses.
 *
 * @param statusStyle HTTP status of error responses: that of the failure (status), or 200 (envelope)
 */
@ConfigurationProperties("portcullis.http")
record ProblemProperties(@DefaultValue("status") StatusStyle statusStyle) {}
