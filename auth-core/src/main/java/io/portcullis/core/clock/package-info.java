/**
 * The clock that all nodes share, which is the database's, and how far this node's own is from it. Imports {@code error} and
 * {@code transaction}. Begin with {@link io.portcullis.core.clock.ClockWatch}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.clock;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
