/** Tests of the OAuth 2 endpoints. */
@NullMarked
package io.portcullis.gateway.oauth2;

import org.jspecify.annotations.NullMarked;
