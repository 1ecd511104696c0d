package io.portcullis.gateway.authentication;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.portcullis.gateway.accesslog.AccessRecord;
import io.portcullis.gateway.route.RouteRules;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Applies {@link TicketAccess} or {@link RequestAccess} to proxied requests of the filter chain and sets the identity headers
 * (docs/design.md section 5).
 */
final class RouteAuthenticationGlobalFilter implements GlobalFilter, Ordered {
    /** Before every filter that changes or sends the request. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

    private final RequestAccess access;
    private final TicketAccess tickets;
    private final OutgoingHeaders outgoing;
    private final TokenStripper stripper;
    /** By the route's id. */
    private final Map<String, CachedRules> rulesByRouteId = new ConcurrentHashMap<>();

    RouteAuthenticationGlobalFilter(
            RequestAccess access, TicketAccess tickets, TokenSources sources, OutgoingHeaders outgoing) {
        this.access = access;
        this.tickets = tickets;
        this.outgoing = outgoing;
        this.stripper = new TokenStripper(sources);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        AccessRecord record = AccessRecord.of(exchange.getRequest());
        if (record != null) {
            record.routed(route.getId());
        }
        RouteRules rule = rulesOf(route);
        WebSocketGuard.check(
                exchange.getRequest(), route.getUri(), rule, origin -> access.mayOpenWebSocket(origin, exchange));
        Function<Admission, Mono<Void>> admitted =
                admission -> chain.filter(withAdmission(exchange, admission, record));
        String ticket = tickets.find(rule, exchange.getRequest());
        return ticket == null
                ? access.decide(rule, exchange, admitted)
                : tickets.decide(rule, ticket, exchange.getRequest(), admitted);
    }

    /** A refresh makes routes anew, so the same id may have other rules then. */
    @SuppressWarnings("ReferenceEquality") // To compare routes by value costs more than to read the rules.
    private RouteRules rulesOf(Route route) {
        CachedRules cached = rulesByRouteId.get(route.getId());
        if (cached != null && cached.route() == route) {
            return cached.rules();
        }
        RouteRules rules = RouteRules.of(route.getId(), route.getMetadata());
        rulesByRouteId.put(route.getId(), new CachedRules(route, rules));
        return rules;
    }

    private record CachedRules(Route route, RouteRules rules) {}

    private ServerWebExchange withAdmission(
            ServerWebExchange exchange, Admission admission, @Nullable AccessRecord record) {
        ServerHttpRequest request = exchange.getRequest();
        boolean keepsTokens = admission.removedTokens() == RemovedTokens.NONE;
        if (admission instanceof Admission.Anonymous
                && keepsTokens
                && record == null
                && !TokenStripper.mayHaveTickets(request)) {
            return exchange;
        }
        ServerHttpRequest.Builder builder = request.mutate();
        stripper.remove(builder, request, admission.removedTokens());
        builder.headers(headers -> outgoing.write(admission, record, headers::set));
        ServerWebExchange admitted = exchange.mutate().request(builder.build()).build();
        CurrentIdentity.store(admitted, admission);
        return admitted;
    }
}
