/**
 * Writes one line for each request of the main port (ADR 0035), off by default. Start with
 * {@link io.portcullis.gateway.accesslog.AccessLogHandler}. May import: {@code connection}, {@code forwarded}, {@code logging}.
 */
@NullMarked
package io.portcullis.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
