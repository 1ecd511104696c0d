/**
 * Cleans requests, finds the bearer token, decides on access, and sets the identity headers (docs/design.md section 5). Start
 * with {@link io.portcullis.gateway.authentication.RouteAccess}. May import: {@code problem}, {@code accesslog},
 * {@code forwarded}, {@code cookie}, {@code route}, {@code origin}.
 */
@NullMarked
package io.portcullis.gateway.authentication;

import org.jspecify.annotations.NullMarked;
