/**
 * Implements the access token cache on Redis with Lettuce, and manages its connections.
 *
 * <p>Start with {@link io.portcullis.core.redis.RedisAccessTokenCache}. May import: {@code error}, {@code session}, {@code token.store}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
