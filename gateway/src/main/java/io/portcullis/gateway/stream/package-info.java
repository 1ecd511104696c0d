/**
 * The open streams, server-sent events and WebSockets, so that they can be closed, and how many of them, and of the calls in flight, a
 * caller has. May import: {@code authentication}, {@code connection}.
 */
@NullMarked
package io.portcullis.gateway.stream;

import org.jspecify.annotations.NullMarked;
