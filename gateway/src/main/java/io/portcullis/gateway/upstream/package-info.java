/**
 * The HTTP/1.1 connections to upstream services: keeps a pool for each event loop, assigns each received byte to an exchange, and decides which connections may
 * be used again.
 *
 * <p>Start with {@link io.portcullis.gateway.upstream.UpstreamCodec}. May import: {@code connection}, {@code stream}.
 */
@NullMarked
package io.portcullis.gateway.upstream;

import org.jspecify.annotations.NullMarked;
