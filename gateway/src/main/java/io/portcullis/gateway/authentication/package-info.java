/**
 * Cleans requests, finds the bearer token, decides, and sets the identity headers (docs/design.md section 5). May import:
 * {@code core}, {@code problem}, {@code forwarded}, {@code route}.
 */
@NullMarked
package io.portcullis.gateway.authentication;

import org.jspecify.annotations.NullMarked;
