/**
 * Counts the proxied calls in flight and the open streams (server-sent events and WebSockets) of each caller, limits them (ADR
 * 0019), and closes streams on request.
 *
 * <p>Start with {@link io.portcullis.gateway.stream.OpenCalls}. May import: {@code authentication}, {@code connection},
 * {@code startup}, {@code upstream}.
 */
@NullMarked
package io.portcullis.gateway.stream;

import org.jspecify.annotations.NullMarked;
