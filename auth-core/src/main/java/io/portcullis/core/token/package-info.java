/**
 * Defines the format of the opaque tokens, and mints and verifies them without a store (docs/design.md section 3).
 *
 * <p>Start with {@link io.portcullis.core.token.TokenCodec}. May import: no other package of this module.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
