/**
 * Checks presented passwords within the limits on wrong ones (docs/adr/0020), for logins and for changes of the password. Start with
 * {@link io.portcullis.core.throttle.PasswordVerifier}. May import: {@code account}, {@code audit}, {@code error},
 * {@code reactive}, {@code session}, {@code token.store}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.throttle;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
