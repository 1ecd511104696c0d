package io.portcullis.gateway.decision;

import io.portcullis.gateway.accesslog.AccessRecord;
import io.portcullis.gateway.authentication.Admission;
import io.portcullis.gateway.authentication.CurrentIdentity;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.authentication.OutgoingHeaders;
import io.portcullis.gateway.authentication.RequestAccess;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.problem.DecisionPath;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers the decision endpoint: judges the credential of the request as if the request were to be proxied, and answers with the headers
 * that a service would receive (docs/behind-other-proxies.md). Another proxy asks it, and passes the request on itself.
 *
 * <pre>
 * 200, no body, X-User-Id and its kin   the request may pass
 * 401, 403, 503, 400                    the response of a proxied request that is refused, with this status in each status style
 * </pre>
 *
 * <p>The answer does not depend on the method, except for the protection against cross-site request forgery, nor on any header that tells
 * of the path of the original request. The body, if any, is not read. The calls are not counted by {@code OpenCalls}: a call holds
 * nothing between its admission and its response, and one proxy makes the calls of many clients.
 */
final class DecisionWebFilter implements WebFilter, Ordered {
    private final RequestAccess access;
    private final OutgoingHeaders outgoing;

    DecisionWebFilter(RequestAccess access, OutgoingHeaders outgoing) {
        this.access = access;
        this.outgoing = outgoing;
    }

    /** Runs after the filter that cleans the request, and in the place of the filter that authenticates calls of the other endpoints. */
    @Override
    public int getOrder() {
        return LocalAuthenticationWebFilter.ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return DecisionPath.matches(exchange.getRequest().getPath().pathWithinApplication())
                ? Mono.defer(() -> decide(exchange))
                : chain.filter(exchange);
    }

    private Mono<Void> decide(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.getHeaders().setCacheControl(CacheControl.noStore());
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .ifPresent(observation -> observation.setPathPattern(DecisionPath.PATH));
        ServerHttpRequest request = exchange.getRequest();
        DecisionQuery query = DecisionQuery.of(request.getQueryParams(), RequestSite.isBrowser(request.getHeaders()));
        return access.decide(query.rules(), exchange, admission -> admit(admission, exchange))
                .doOnError(refused -> addCookieHeaders(query, response))
                .then(Mono.defer(() -> {
                    addCookieHeaders(query, response);
                    return response.setComplete();
                }));
    }

    private Mono<Void> admit(Admission admission, ServerWebExchange exchange) {
        CurrentIdentity.store(exchange, admission);
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        outgoing.write(admission, AccessRecord.of(exchange.getRequest()), headers::set);
        headers.setContentLength(0);
        response.setStatusCode(HttpStatus.OK);
        return Mono.empty();
    }

    private static void addCookieHeaders(DecisionQuery query, ServerHttpResponse response) {
        if (query.cookieHeaders()) {
            SeparateCookies.addTo(response);
        }
    }
}
