/**
 * Circuit breaker, concurrency limit, timeout, single flight and fair worker threads, which keep a failing or overloaded store from
 * stopping the gateway. Start with {@link io.portcullis.core.resilience.StoreBreaker}. May import: {@code error}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.resilience;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
