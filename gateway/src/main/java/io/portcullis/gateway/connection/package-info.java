/**
 * Netty handlers on client connections, of HTTP/1 and HTTP/2: they refuse malformed requests (RFC 9112, RFC 9113), limit pipelining and
 * concurrent streams, enforce deadlines, and apply back-pressure.
 *
 * <p>Start with {@link io.portcullis.gateway.connection.RequestRefuser}; for HTTP/2, with {@code Http2Streams}.
 * May import: {@code problem}, {@code cors},
 * {@code origin}, {@code startup}.
 */
@NullMarked
package io.portcullis.gateway.connection;

import org.jspecify.annotations.NullMarked;
