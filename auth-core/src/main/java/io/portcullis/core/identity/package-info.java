/**
 * Signs the identity of callers for services, and session events for their receiver: JSON Web Tokens under keys that all nodes share
 * and rotate (docs/design.md section 15, docs/adr/0039, docs/adr/0043). Start with {@link io.portcullis.core.identity.IdentityTokens}.
 * May import: {@code clock}, {@code error}, {@code reactive}, {@code resilience}, {@code retention}, {@code token.store},
 * {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.identity;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
