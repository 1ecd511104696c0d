/**
 * The connections to upstream services: their pools, and the HTTP/1.1 codec, which assigns each received byte to an exchange and
 * decides which connections may be used again.
 *
 * <p>Start with {@link io.portcullis.gateway.upstream.EventLoopClientFactory}. May import: {@code connection}.
 */
@NullMarked
package io.portcullis.gateway.upstream;

import org.jspecify.annotations.NullMarked;
