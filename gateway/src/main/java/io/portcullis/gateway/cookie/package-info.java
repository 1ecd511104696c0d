/**
 * Keeps the tokens of browsers in cookies (docs/design.md section 11): finds them in requests, checks where such a request comes
 * from, refreshes the session when the access token has run out, and sets and clears the cookies. Start with
 * {@link io.portcullis.gateway.cookie.CookieAuthentication}. May import: {@code forwarded}, {@code origin},
 * {@code connection}.
 */
@NullMarked
package io.portcullis.gateway.cookie;

import org.jspecify.annotations.NullMarked;
