/**
 * The faults that the harness injects into servers, networks and gateway nodes.
 *
 * <p>Start with {@link io.portcullis.chaos.fault.Faults}. May import: {@code history}, {@code world}.
 */
@NullMarked
package io.portcullis.chaos.fault;

import org.jspecify.annotations.NullMarked;
