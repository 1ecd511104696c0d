package io.portcullis.gateway.cookie;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Keeps shared caches from storing responses for one user. RFC 9111 section 3.5 does so for requests with {@code Authorization}, and
 * not for requests with a cookie.
 */
public final class SharedCaching {
    private static final String PRIVATE = "private";
    /**
     * The directives with which a service has decided on shared caches itself: those that RFC 9111 section 3.5 names, and those that
     * forbid to store the response.
     */
    private static final Set<String> DECISIVE = Set.of("must-revalidate", "public", "s-maxage", PRIVATE, "no-store");

    /** Headers that some caches obey instead of {@code Cache-Control}, beside those that end with that name (RFC 9213). */
    private static final Set<String> OTHER_CACHE_HEADERS =
            Set.of("expires", "surrogate-control", "x-accel-expires", "edge-control");

    private SharedCaching() {}

    /**
     * Returns the value of {@code Cache-Control} that a response needs because the request's credential was a cookie. With it, shared
     * caches treat the response as RFC 9111 section 3.5 says for a request with {@code Authorization}.
     *
     * @param cacheControl the values of {@code Cache-Control} in the response
     * @return null if the values need no change
     */
    public static @Nullable String restricted(List<String> cacheControl) {
        for (int i = 0; i < cacheControl.size(); i++) {
            if (isDecisive(cacheControl.get(i))) {
                return null;
            }
        }
        String given = String.join(", ", cacheControl).strip();
        return given.isEmpty() ? PRIVATE : given + ", " + PRIVATE;
    }

    /** Returns whether a directive decides. {@code private="x"} does not: it restricts the named header alone. */
    private static boolean isDecisive(String cacheControl) {
        for (String directive : cacheControl.split(",", -1)) {
            String text = directive.strip().toLowerCase(Locale.ROOT);
            boolean decisive = text.startsWith("s-maxage=") || DECISIVE.contains(text);
            if (decisive) {
                return true;
            }
        }
        return false;
    }

    /** Applies {@link #restricted} to a response of the filter chain when it is sent. */
    public static void restrict(ServerHttpResponse response) {
        response.beforeCommit(() -> Mono.fromRunnable(() -> {
            HttpHeaders headers = response.getHeaders();
            String restricted = restricted(headers.getOrEmpty(HttpHeaders.CACHE_CONTROL));
            if (restricted != null) {
                headers.set(HttpHeaders.CACHE_CONTROL, restricted);
            }
        }));
    }

    /** Forbids all caches to store a response of the filter chain, whatever the service says. Takes effect when it is sent. */
    static void forbid(ServerHttpResponse response) {
        response.beforeCommit(() -> Mono.fromRunnable(() -> {
            HttpHeaders headers = response.getHeaders();
            List<String> others = headers.headerNames().stream()
                    .filter(SharedCaching::isCacheHeader)
                    .toList();
            others.forEach(headers::remove);
            headers.setCacheControl(CacheControl.noStore());
        }));
    }

    private static boolean isCacheHeader(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith("cache-control") || OTHER_CACHE_HEADERS.contains(lower);
    }
}
