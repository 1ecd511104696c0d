/**
 * The Redis adapter of the access token cache, on Lettuce, and its connections. May import: {@code error},
 * {@code token.store}. Begin with {@link io.portcullis.core.redis.RedisAccessTokenCache}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
