/**
 * The OAuth 2 clients: registered programs with an id and secrets, and the check of their secrets (docs/adr/0037). Start with
 * {@link io.portcullis.core.client.RegisteredClient}. May import: {@code account}, {@code audit}, {@code error}, {@code paging},
 * {@code reactive}, {@code resilience}, {@code session}, {@code termination}, {@code throttle}, {@code token}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
