/**
 * Issues tickets, and exchanges each of them once for the identity of its session (docs/design.md section 12, docs/adr/0026).
 *
 * <p>Start with {@link io.portcullis.core.ticket.TicketService}. May import: {@code error}, {@code reactive}, {@code resilience},
 * {@code session}, {@code token}, {@code token.store}, {@code token.use}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.ticket;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
