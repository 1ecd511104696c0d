/**
 * Makes logging non-blocking and limits repeated failures to one log line a second (ADR 0018).
 *
 * <p>Start with {@link io.portcullis.gateway.logging.NonBlockingLogging}. May import: no other package of the gateway.
 */
@NullMarked
package io.portcullis.gateway.logging;

import org.jspecify.annotations.NullMarked;
