/**
 * Reads the forwarding headers of trusted proxies and writes those for the services. Start with
 * {@link io.portcullis.gateway.forwarded.ForwardedHeaders}. May import: {@code startup}, {@code origin}.
 */
@NullMarked
package io.portcullis.gateway.forwarded;

import org.jspecify.annotations.NullMarked;
