/**
 * Login, refresh, logout and changes of accounts: the protocol of docs/design.md section 6. Start with
 * {@link io.portcullis.core.login.AuthServices}. May import: {@code account}, {@code audit}, {@code error},
 * {@code reactive}, {@code resilience}, {@code session}, {@code termination}, {@code throttle}, {@code token},
 * {@code token.store}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.login;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
