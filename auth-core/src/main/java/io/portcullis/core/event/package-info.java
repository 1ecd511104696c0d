/**
 * Session events: each opening and each end of a session is told to a receiver outside, at least once and in order per session
 * (docs/adr/0040). Start with {@link io.portcullis.core.event.SessionEventDelivery}. May import: {@code account}, {@code error}, {@code paging},
 * {@code reactive}, {@code retention}, {@code session}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
