/**
 * The HTTP/1.1 connections to upstream services: assigns each received byte to an exchange, and decides which connections may
 * be used again.
 *
 * <p>Start with {@link io.portcullis.gateway.upstream.UpstreamCodec}. May import: no other package of the gateway.
 */
@NullMarked
package io.portcullis.gateway.upstream;

import org.jspecify.annotations.NullMarked;
