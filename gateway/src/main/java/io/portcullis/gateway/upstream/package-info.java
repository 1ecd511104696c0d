/**
 * The connections to upstream services: their pools, and the HTTP/1.1 codec, which assigns each received byte to an exchange and
 * decides which connections may be used again.
 *
 * <p>Start with {@link io.portcullis.gateway.upstream.ServiceConnections} for the fast path, and with {@link
 * io.portcullis.gateway.upstream.EventLoopClientFactory} for the filter chain. May import: {@code connection}, {@code origin}.
 */
@NullMarked
package io.portcullis.gateway.upstream;

import org.jspecify.annotations.NullMarked;
