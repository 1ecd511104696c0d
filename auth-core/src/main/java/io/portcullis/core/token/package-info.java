/**
 * Opaque tokens: their format, their keys, minting and verification without a store. Imports no other package of this module.
 * Begin with {@link io.portcullis.core.token.TokenCodec}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
