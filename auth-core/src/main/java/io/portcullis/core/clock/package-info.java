/**
 * The database's clock, and the offset of this node's clock from it. Start with
 * {@link io.portcullis.core.clock.ClockMonitor}. May import: {@code reactive}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.clock;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
