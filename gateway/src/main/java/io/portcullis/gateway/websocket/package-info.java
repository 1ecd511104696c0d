/**
 * Relays WebSockets as bytes: the service is asked first, and its answer reaches the client. {@link
 * io.portcullis.gateway.websocket.WebSocketRoutingFilter} is the way in. May import:
 * {@code accesslog}, {@code connection}, {@code origin}, {@code stream}, {@code upstream}.
 */
@NullMarked
package io.portcullis.gateway.websocket;

import org.jspecify.annotations.NullMarked;
