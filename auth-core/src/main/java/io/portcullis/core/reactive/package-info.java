/**
 * Work that goes on when its subscriber leaves. May import: {@code error}. Begin with
 * {@link io.portcullis.core.reactive.Uncancellable}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.reactive;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
