/**
 * The log of the process: no thread that logs waits for the output, and a failure that repeats is told once a second (ADR 0018).
 * {@link io.portcullis.gateway.logging.NonBlockingLogging} is the type to begin with. May import: nothing else of the gateway.
 */
@NullMarked
package io.portcullis.gateway.logging;

import org.jspecify.annotations.NullMarked;
