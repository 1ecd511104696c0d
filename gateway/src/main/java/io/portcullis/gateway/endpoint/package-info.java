/**
 * Serves login, refresh, logout and self-service (docs/design.md section 7). Start with
 * {@link io.portcullis.gateway.endpoint.LoginEndpoint}. May import: {@code problem}, {@code authentication}, {@code cookie},
 * {@code connection}, {@code cors}, {@code tenant}.
 */
@NullMarked
package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.NullMarked;
