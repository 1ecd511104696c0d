/**
 * The ports of what MySQL and Redis hold of tokens, and their records. May import: {@code error}, {@code session},
 * {@code token}. Begin with {@link io.portcullis.core.token.store.TokenRepository}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.token.store;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
