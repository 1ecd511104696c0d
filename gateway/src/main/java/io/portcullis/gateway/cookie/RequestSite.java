package io.portcullis.gateway.cookie;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.origin.AllowedOrigins;
import io.portcullis.gateway.origin.Origin;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * Decides whether a request comes from a page of the gateway's own origin or of an allowed one, as the protection against
 * cross-site request forgery (ADR 0024). Browsers attach cookies by themselves, so a cookie alone does not prove that the user
 * meant the request.
 */
public final class RequestSite {
    /** Browsers set this header, and no script can (Fetch Metadata Request Headers section 2.3). */
    public static final String FETCH_SITE = "Sec-Fetch-Site";

    private static final String REQUESTED_WITH = "X-Requested-With";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> SAME = Set.of("same-origin", "none");

    private final AllowedOrigins allowed;
    private final ForwardedHeaders forwarded;

    RequestSite(List<String> allowedOrigins, ForwardedHeaders forwarded) {
        this.allowed = Objects.requireNonNull(AllowedOrigins.parse(allowedOrigins));
        this.forwarded = forwarded;
    }

    /** Returns whether a method changes nothing (RFC 9110 section 9.2.1), so that a request with it needs no check. */
    public static boolean isSafe(HttpMethod method) {
        return SAFE.contains(method);
    }

    /** Returns whether the values of {@code Sec-Fetch-Site} say that no other origin sent the request. */
    public static boolean isSameOrigin(List<String> fetchSite) {
        return fetchSite.size() == 1 && SAME.contains(fetchSite.get(0));
    }

    /** Returns whether the request comes from a browser that sends {@code Sec-Fetch-Site}. */
    public static boolean isBrowser(HttpHeaders headers) {
        return headers.containsHeader(FETCH_SITE);
    }

    /**
     * Checks a request whose credential is a cookie. A request with a safe method passes. Any other must say that it comes from
     * here: by {@code Sec-Fetch-Site}, else by {@code Origin}, else by {@code X-Requested-With}, which a form cannot send.
     *
     * @throws PortcullisException {@code FOREIGN_ORIGIN} if the request is refused
     */
    public void requireOwn(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (isSafe(exchange.getRequest().getMethod()) || comesFromHere(exchange)) {
            return;
        }
        boolean unmarked = !headers.containsHeader(FETCH_SITE) && !headers.containsHeader(HttpHeaders.ORIGIN);
        if (!unmarked || !headers.containsHeader(REQUESTED_WITH)) {
            throw PortcullisException.of(ErrorCode.FOREIGN_ORIGIN);
        }
    }

    /**
     * Checks a WebSocket handshake whose credential is a cookie. Every browser sends {@code Origin} with it (RFC 6455 section
     * 4.1), and no same-origin policy protects a WebSocket.
     *
     * @throws PortcullisException {@code FOREIGN_ORIGIN} unless {@code Origin} is the gateway's own or an allowed one
     */
    public void requireOwnOrigin(ServerWebExchange exchange) {
        if (!hasAllowedOrigin(exchange)) {
            throw PortcullisException.of(ErrorCode.FOREIGN_ORIGIN);
        }
    }

    /**
     * Checks a request that sets cookies and needs none, such as a login. A request without {@code Sec-Fetch-Site} and
     * {@code Origin} comes from no browser and passes.
     *
     * @throws PortcullisException {@code FOREIGN_ORIGIN} if one of both headers names another origin
     */
    public void refuseForeign(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        boolean marked = headers.containsHeader(FETCH_SITE) || headers.containsHeader(HttpHeaders.ORIGIN);
        if (marked && !comesFromHere(exchange)) {
            throw PortcullisException.of(ErrorCode.FOREIGN_ORIGIN);
        }
    }

    private boolean comesFromHere(ServerWebExchange exchange) {
        return isSameOrigin(exchange.getRequest().getHeaders().getOrEmpty(FETCH_SITE)) || hasAllowedOrigin(exchange);
    }

    private boolean hasAllowedOrigin(ServerWebExchange exchange) {
        Origin origin = Origin.parse(exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.ORIGIN));
        return origin != null && (allowed.contains(origin) || origin.equals(forwarded.originOf(exchange)));
    }

    /** Returns whether {@code portcullis.http.allowed-origins} has the origin. */
    public boolean isConfigured(Origin origin) {
        return allowed.contains(origin);
    }

    /** Returns whether the origin has the host and port under which the client reached the gateway, see {@link Origin#isSameHost}. */
    public boolean isOwnHost(Origin origin, ServerWebExchange exchange) {
        return origin.isSameHost(forwarded.originOf(exchange));
    }
}
