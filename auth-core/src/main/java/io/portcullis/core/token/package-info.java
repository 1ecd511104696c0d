/** Opaque tokens: minting, verifying, checking, storing digests. Imports packages to its left, up to {@code audit}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
