/**
 * Runs work that continues after its subscriber has cancelled, work for several inputs in turn, repeated work, and the age of
 * a backlog. Start with
 * {@link io.portcullis.core.reactive.BackgroundWork}. May import: {@code error}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.reactive;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
