/**
 * Login, refresh, logout and changes of accounts: the protocol steps of docs/design.md section 6. May import: {@code account},
 * {@code audit}, {@code error}, {@code reactive}, {@code resilience}, {@code session}, {@code termination}, {@code token},
 * {@code token.store}, {@code transaction}. Begin with {@link io.portcullis.core.login.AuthServices}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.login;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
