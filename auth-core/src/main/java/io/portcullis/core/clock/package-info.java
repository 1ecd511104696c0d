/**
 * The database's clock, which all nodes share, and its distance from the node's own. May import: {@code reactive}. Begin with
 * {@link io.portcullis.core.clock.ClockMonitor}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.clock;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
