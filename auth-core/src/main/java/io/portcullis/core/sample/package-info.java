/**
 * Samples of what each node does and of the number of live sessions, for the charts of the administration (docs/adr/0032).
 *
 * <p>Start with {@link io.portcullis.core.sample.Sampler}. May import: {@code error}, {@code reactive}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.sample;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
