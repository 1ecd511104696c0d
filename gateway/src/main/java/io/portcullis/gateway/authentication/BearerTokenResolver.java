package io.portcullis.gateway.authentication;

import io.portcullis.gateway.problem.BearerRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Finds the bearer token of a request: RFC 6750 section 2, and the cookie (docs/design.md section 5, step 2). */
public final class BearerTokenResolver {
    private static final String SCHEME = "bearer";
    /** {@code b64token}, RFC 6750 section 2.1. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final TokenSources sources;

    public BearerTokenResolver(TokenSources sources) {
        this.sources = sources;
    }

    /**
     * Empty if the request holds no bearer credential. Another scheme, such as {@code Basic}, is none, and neither is an empty
     * token, which front-ends with an empty store send: they are told to log in.
     *
     * @throws BearerRequestException if there are two credentials or one that is no token
     */
    public Optional<BearerToken> find(ServerHttpRequest request) {
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

    /** The request as {@link RouteAccess} reads it: with the token that {@link #find} finds. */
    RouteAccess.TokenSource in(ServerHttpRequest request) {
        return () -> find(request).map(BearerToken::value).orElse(null);
    }

    /** Returns every text that is presented as a bearer token, malformed or not. */
    private List<String> findAll(ServerHttpRequest request) {
        List<String> presented = new ArrayList<>();
        headerValues(request).forEach(presented::add);
        if (sources.parameter()) {
            request.getQueryParams().getOrDefault(TokenSources.PARAMETER, List.of()).stream()
                    .map(value -> Objects.requireNonNullElse(value, ""))
                    .filter(value -> !value.isEmpty())
                    .forEach(presented::add);
        }
        if (sources.cookies()) {
            request.getCookies().getOrDefault(TokenSources.ACCESS_COOKIE, List.of()).stream()
                    .map(HttpCookie::getValue)
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

    /** What is presented as the token in a value of {@code Authorization}; null if its scheme is another. */
    public static @Nullable String tokenOf(String authorization) {
        String value = authorization.strip();
        return isBearer(value) ? value.substring(SCHEME.length()).strip() : null;
    }

    /** Whether it is a {@code b64token}, genuine or not. */
    public static boolean isWellFormed(CharSequence token) {
        return TOKEN.matcher(token).matches();
    }

    private static boolean isBearer(String authorization) {
        return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && (authorization.length() == SCHEME.length()
                        || Character.isWhitespace(authorization.charAt(SCHEME.length())));
    }
}
