/**
 * Defines the ports through which tokens are persisted in MySQL and Redis, and their records (docs/design.md section 4).
 *
 * <p>Start with {@link io.portcullis.core.token.store.TokenRepository}. May import: {@code error}, {@code session},
 * {@code token}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token.store;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
