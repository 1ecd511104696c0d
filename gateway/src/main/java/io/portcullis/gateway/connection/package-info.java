/**
 * Netty handlers on client connections: they refuse malformed requests (RFC 9112), limit pipelining, enforce deadlines, and
 * apply back-pressure.
 *
 * <p>Start with {@link io.portcullis.gateway.connection.RequestRefuser}. May import: {@code problem}, {@code cors},
 * {@code origin}, {@code startup}.
 */
@NullMarked
package io.portcullis.gateway.connection;

import org.jspecify.annotations.NullMarked;
