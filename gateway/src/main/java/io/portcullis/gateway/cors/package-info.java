/**
 * Applies CORS (the Fetch standard) to proxied requests and to the gateway's own endpoints. Start with
 * {@link io.portcullis.gateway.cors.CorsRules}. May import: {@code forwarded}, {@code origin}, {@code problem}.
 */
@NullMarked
package io.portcullis.gateway.cors;

import org.jspecify.annotations.NullMarked;
