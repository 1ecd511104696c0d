/**
 * Login, refresh, logout and self-service (docs/design.md section 7). May import: {@code core}, {@code problem},
 * {@code authentication}.
 */
@NullMarked
package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.NullMarked;
