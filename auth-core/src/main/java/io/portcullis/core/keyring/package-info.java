/**
 * The rotation of the keys that sign tokens, on all nodes while they serve (docs/adr/0044). Start with
 * {@link io.portcullis.core.keyring.TokenKeys}. May import: {@code audit}, {@code error}, {@code reactive}, {@code retention},
 * {@code session}, {@code termination}, {@code token}, {@code token.store}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.keyring;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
