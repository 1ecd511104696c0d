package io.portcullis.gateway.authentication;

import io.portcullis.core.token.TicketPath;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.route.RouteRules;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/**
 * Decides on a proxied request with a ticket in the query parameter {@code ticket} (docs/design.md section 12, ADR 0026). The gateway's
 * own endpoints accept no ticket: a text that stood in a URL must neither administer anything nor yield a further ticket.
 */
final class TicketAccess {
    private final RouteAccess access;
    private final BearerTokenResolver bearerTokens;
    private final TokenSources sources;
    private final Redemption tickets;
    private final ClientAddressResolver addresses;

    /** Exchanges tickets for identities. */
    @FunctionalInterface
    interface Redemption {
        /**
         * Uses a ticket up on a path and emits the identity of its session, or fails; never empty.
         *
         * @param clientAddress supplies the client's address without a port
         */
        Mono<Identity> redeem(String ticket, TicketPath path, Supplier<String> clientAddress);
    }

    TicketAccess(
            RouteAccess access,
            BearerTokenResolver bearerTokens,
            TokenSources sources,
            Redemption tickets,
            ClientAddressResolver addresses) {
        this.access = access;
        this.bearerTokens = bearerTokens;
        this.sources = sources;
        this.tickets = tickets;
        this.addresses = addresses;
    }

    /**
     * Returns the ticket, not verified; {@code null} if the request presents none, or the route asks for no caller. A ticket precedes
     * the gateway's cookies, which browsers attach by themselves. A value without the prefix of a gateway token belongs to the service,
     * which may have a parameter of this name.
     *
     * @throws BearerRequestException if the request has several tickets, or a ticket and a bearer token
     */
    @Nullable
    String find(RouteRules rules, ServerHttpRequest request) {
        if (rules.auth() == RouteRules.Auth.NONE
                || !sources.ticketParameter()
                || request.getURI().getRawQuery() == null) {
            return null;
        }
        List<String> presented =
                request.getQueryParams().getOrDefault(TokenSources.TICKET_PARAMETER, List.of()).stream()
                        .filter(Objects::nonNull)
                        .filter(TokenStripper::containsGatewayToken)
                        .toList();
        if (presented.isEmpty()) {
            return null;
        }
        if (presented.size() > 1 || bearerTokens.find(request).isPresent()) {
            throw new BearerRequestException(
                    "a ticket beside another ticket or a bearer token (expected: one of them)");
        }
        return presented.get(0);
    }

    /**
     * Uses the ticket up and calls {@code admitted}, and completes or fails with its result. Otherwise emits the error of the ticket, or
     * {@link MissingRoleException} if the caller has none of the route's roles.
     */
    Mono<Void> decide(
            RouteRules rules, String ticket, ServerHttpRequest request, Function<Admission, Mono<Void>> admitted) {
        TicketPath path = TicketPaths.of(request.getURI().getRawPath());
        return tickets.redeem(ticket, path, () -> addresses.resolve(request))
                .flatMap(identity -> access.admit(identity, rules))
                .flatMap(admitted);
    }
}
