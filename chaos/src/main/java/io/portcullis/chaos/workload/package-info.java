/**
 * The simulated clients, which log in, call, refresh, log out and kick sessions.
 *
 * <p>Start with {@link io.portcullis.chaos.workload.Workload}. May import: {@code history}, {@code world}.
 */
@NullMarked
package io.portcullis.chaos.workload;

import org.jspecify.annotations.NullMarked;
