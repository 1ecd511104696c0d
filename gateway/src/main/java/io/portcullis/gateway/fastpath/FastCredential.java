package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.authentication.BearerTokenResolver;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.GatewayCookies;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.route.RouteRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The credential of a request on the fast path, as {@code RequestAccess} finds it on the filter chain.
 *
 * @param token the well-formed access token, null if there is none
 * @param cookie whether the token is from a cookie of the gateway
 */
record FastCredential(@Nullable String token, boolean cookie) {
    private static final FastCredential NONE = new FastCredential(null, false);

    /**
     * Returns the credential; null if only the filter chain can decide on the request: a malformed token, cookies without an access
     * token or with several, or a request with a cookie that may come from a page of another origin.
     */
    static @Nullable FastCredential find(HttpHeaders headers, HttpMethod method, RouteRules rules, CookieMode cookies) {
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        String token = authorization == null ? null : BearerTokenResolver.tokenOf(authorization);
        if (token != null && !token.isEmpty()) {
            return BearerTokenResolver.isWellFormed(token) ? new FastCredential(token, false) : null;
        }
        boolean reads = cookies != CookieMode.OFF && rules.auth() != RouteRules.Auth.NONE;
        FastCredential found = reads && headers.contains(HttpHeaderNames.COOKIE) ? inCookies(headers, method) : NONE;
        // The filter chain removes the empty bearer token from the request of an authenticated caller.
        return token != null && found != null && found.cookie() ? null : found;
    }

    private static @Nullable FastCredential inCookies(HttpHeaders headers, HttpMethod method) {
        List<String> values = headers.getAll(HttpHeaderNames.COOKIE);
        List<String> tokens = GatewayCookies.accessTokens(values);
        if (tokens.isEmpty()) {
            return GatewayCookies.refreshTokens(values).isEmpty() ? NONE : null;
        }
        String token = tokens.get(0);
        boolean safe = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        boolean fromHere = safe || RequestSite.isSameOrigin(headers.getAll(RequestSite.FETCH_SITE));
        return tokens.size() == 1 && fromHere && BearerTokenResolver.isWellFormed(token)
                ? new FastCredential(token, true)
                : null;
    }

    /** Returns a text without the token. */
    @Override
    public String toString() {
        return "FastCredential[cookie=" + cookie + "]";
    }
}
