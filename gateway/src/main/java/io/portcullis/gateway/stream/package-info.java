/**
 * The open streams, server-sent events and WebSockets, so that they can be closed. May import: {@code authentication}.
 */
@NullMarked
package io.portcullis.gateway.stream;

import org.jspecify.annotations.NullMarked;
