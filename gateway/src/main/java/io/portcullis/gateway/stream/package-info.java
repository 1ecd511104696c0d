/**
 * Counts the proxied calls in flight and the open streams of each caller, limits them (ADR 0019), and closes the streams of
 * ended sessions (ADR 0023).
 *
 * <p>Start with {@link io.portcullis.gateway.stream.OpenCalls} for limits,
 * {@link io.portcullis.gateway.stream.StreamRevocation} for closing. May import: {@code authentication}, {@code connection},
 * {@code cookie}, {@code startup}, {@code upstream}, {@code origin}.
 */
@NullMarked
package io.portcullis.gateway.stream;

import org.jspecify.annotations.NullMarked;
