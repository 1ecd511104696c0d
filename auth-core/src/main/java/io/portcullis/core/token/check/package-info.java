/**
 * Decides whether a presented access token passes, by Redis or else by MySQL (docs/design.md section 5).
 *
 * <p>Start with {@link io.portcullis.core.token.check.AccessTokenAuthenticator}. May import: {@code error}, {@code reactive},
 * {@code resilience}, {@code token}, {@code token.store}, {@code token.use},
 * {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token.check;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
