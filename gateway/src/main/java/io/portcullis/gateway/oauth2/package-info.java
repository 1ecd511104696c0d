/**
 * Serves the OAuth 2 endpoints: token, revocation, introspection and metadata (RFC 6749, 7009, 7662, 8414; docs/oauth2.md). Start with
 * {@link io.portcullis.gateway.oauth2.TokenEndpoint}. May import: {@code problem}, {@code authentication}, {@code endpoint},
 * {@code forwarded}, {@code origin}.
 */
@NullMarked
package io.portcullis.gateway.oauth2;

import org.jspecify.annotations.NullMarked;
