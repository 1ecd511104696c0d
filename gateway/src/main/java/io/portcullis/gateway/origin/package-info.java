/**
 * Represents web origins (RFC 6454): scheme, host and port, and the default ports of schemes. Start with
 * {@link io.portcullis.gateway.origin.Origin}. May import: no other package of the gateway.
 */
@NullMarked
package io.portcullis.gateway.origin;

import org.jspecify.annotations.NullMarked;
