package io.portcullis.gateway.authentication;

import io.portcullis.gateway.problem.BearerRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Finds the bearer token of a request in the {@code Authorization} header and the query parameter (RFC 6750 section 2;
 * docs/design.md section 5, step 2). Empty if the gateway reads tokens from cookies alone.
 */
public final class BearerTokenResolver {
    private static final String SCHEME = "bearer";
    /** The characters of {@code b64token} without its padding, RFC 6750 section 2.1. */
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = 0; c < TOKEN.length; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c) || "._~+/-".indexOf(c) >= 0;
        }
    }

    private final TokenSources sources;

    BearerTokenResolver(TokenSources sources) {
        this.sources = sources;
    }

    /**
     * Returns the presented token, not verified. Empty if the request has no bearer credential. A credential of another scheme,
     * such as {@code Basic}, is ignored. An empty token is ignored too: front ends without a stored token send it, and the
     * response must ask them to log in.
     *
     * @throws BearerRequestException if the request has several tokens or a malformed one
     */
    public Optional<BearerToken> find(ServerHttpRequest request) {
        if (!sources.header()) {
            return Optional.empty();
        }
        if (request.getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION).size() > 1) {
            throw new BearerRequestException("more than one Authorization header (expected: one)");
        }
        List<String> presented = findAll(request);
        if (presented.size() > 1) {
            throw new BearerRequestException("more than one bearer token (expected: one, in one place)");
        }
        presented.stream().filter(value -> !isWellFormed(value)).findFirst().ifPresent(value -> {
            throw new BearerRequestException("malformed bearer token (expected: Authorization: Bearer TOKEN)");
        });
        return presented.stream().findFirst().map(BearerToken::new);
    }

    /** Returns a source that calls {@link #find} on the request when the token is read. */
    RouteAccess.TokenSource tokenSource(ServerHttpRequest request, ClientAddressResolver addresses) {
        return new RouteAccess.TokenSource() {
            @Override
            public @Nullable String token() {
                return find(request).map(BearerToken::value).orElse(null);
            }

            @Override
            public String clientAddress() {
                return addresses.resolve(request);
            }
        };
    }

    /** Returns every text that is presented as a bearer token, malformed or not. */
    private List<String> findAll(ServerHttpRequest request) {
        List<String> presented = new ArrayList<>();
        headerValues(request).forEach(presented::add);
        if (sources.tokenParameter()) {
            request.getQueryParams().getOrDefault(TokenSources.PARAMETER, List.of()).stream()
                    .map(value -> Objects.requireNonNullElse(value, ""))
                    .filter(value -> !value.isEmpty())
                    .forEach(presented::add);
        }
        return presented;
    }

    private static Stream<String> headerValues(ServerHttpRequest request) {
        return request.getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION).stream()
                .mapMulti((value, sink) -> {
                    String token = tokenOf(value);
                    if (token != null && !token.isEmpty()) {
                        sink.accept(token);
                    }
                });
    }

    /**
     * Returns the token in a value of {@code Authorization}, empty if it has none; {@code null} for another scheme than Bearer.
     */
    public static @Nullable String tokenOf(String authorization) {
        String value = authorization.strip();
        if (!isBearer(value)) {
            return null;
        }
        int start = SCHEME.length();
        while (start < value.length() && Character.isWhitespace(value.charAt(start))) {
            start++;
        }
        return value.substring(start);
    }

    /** Returns whether the text has the syntax of {@code b64token}. Does not verify the token. */
    public static boolean isWellFormed(CharSequence token) {
        int end = token.length();
        while (end > 0 && token.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = token.charAt(i);
            if (c >= TOKEN.length || !TOKEN[c]) {
                return false;
            }
        }
        return end > 0;
    }

    private static boolean isBearer(String authorization) {
        return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && (authorization.length() == SCHEME.length()
                        || Character.isWhitespace(authorization.charAt(SCHEME.length())));
    }
}
