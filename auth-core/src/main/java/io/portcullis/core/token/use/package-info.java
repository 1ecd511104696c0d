/**
 * Records which access token was used from which address and when (docs/design.md section 14, docs/adr/0030).
 *
 * <p>Start with {@link io.portcullis.core.token.use.GatheredTokenUses} and {@link io.portcullis.core.token.use.TokenUseFlush}. May
 * import: {@code account}, {@code error}, {@code paging}, {@code reactive}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token.use;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
