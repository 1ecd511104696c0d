package io.portcullis.gateway.cors;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.util.CollectionUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** The origins whose pages may call which paths: {@code globalcors} and the {@code cors} metadata of routes. */
public final class CorsRules {
    private static final Logger log = LoggerFactory.getLogger(CorsRules.class);

    private volatile List<Rule> rules = List.of();

    private record Rule(PathPattern path, CorsConfiguration configuration) {}

    /**
     * What CORS says to a request that is no preflight.
     *
     * @param headers of the answer, whatever the answer is
     */
    public record Decision(boolean allowed, Map<String, String> headers) {
        public static final Decision NO_RULE = new Decision(true, Map.of());
        private static final Map<String, String> VARY = Map.of(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        static final Decision NO_OTHER_ORIGIN = new Decision(true, VARY);
        static final Decision REFUSED = new Decision(false, VARY);

        public Decision {
            headers = Map.copyOf(headers);
        }
    }

    /** @throws IllegalArgumentException with a sentence, if any origin at all may send credentials */
    public static void require(Map<String, CorsConfiguration> configurations) {
        configurations.forEach((path, configuration) -> {
            if (isOpenWithCredentials(configuration)) {
                throw new IllegalArgumentException("The CORS rules of " + path
                        + " allow credentials (allow-credentials: true) to every origin (*). Name the origins.");
            }
        });
    }

    private static boolean isOpenWithCredentials(CorsConfiguration configuration) {
        return Boolean.TRUE.equals(configuration.getAllowCredentials())
                && (contains(configuration.getAllowedOrigins()) || contains(configuration.getAllowedOriginPatterns()));
    }

    private static boolean contains(@Nullable List<String> origins) {
        return origins != null && origins.contains(CorsConfiguration.ALL);
    }

    /** Replaces all rules. A rule that {@link #require} refuses is logged and left out. */
    public void use(Map<String, CorsConfiguration> configurations) {
        rules = configurations.entrySet().stream()
                .flatMap(entry -> rule(entry.getKey(), entry.getValue()))
                .sorted((first, second) -> PathPattern.SPECIFICITY_COMPARATOR.compare(first.path(), second.path()))
                .toList();
    }

    private static Stream<Rule> rule(String path, CorsConfiguration configuration) {
        if (isOpenWithCredentials(configuration)) {
            log.error(
                    "The CORS rules of {} allow credentials to every origin and are left out. Name the origins.", path);
            return Stream.of();
        }
        return Stream.of(new Rule(PathPatternParser.defaultInstance.parse(path), configuration));
    }

    /** Whether there is no rule at all. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** The most specific rule for a path, or null. */
    @Nullable
    CorsConfiguration find(PathContainer path) {
        for (Rule rule : rules) {
            if (rule.path().matches(path)) {
                return rule.configuration();
            }
        }
        return null;
    }

    /**
     * Decides about a request that is no preflight.
     *
     * @param origin the value of {@code Origin}, null for none
     * @param host the value of {@code Host}, null for none
     */
    public Decision decide(PathContainer path, String method, @Nullable String origin, @Nullable String host) {
        CorsConfiguration configuration = isEmpty() ? null : find(path);
        if (configuration == null) {
            return Decision.NO_RULE;
        }
        if (origin == null || isOwn(origin, host)) {
            return Decision.NO_OTHER_ORIGIN;
        }
        String allowed = configuration.checkOrigin(origin);
        if (allowed == null || configuration.checkHttpMethod(HttpMethod.valueOf(method)) == null) {
            return Decision.REFUSED;
        }
        return new Decision(true, headers(configuration, allowed));
    }

    private static Map<String, String> headers(CorsConfiguration configuration, String allowed) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        headers.put(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        List<String> exposed = configuration.getExposedHeaders();
        if (!CollectionUtils.isEmpty(exposed)) {
            headers.put(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, String.join(", ", exposed));
        }
        if (Boolean.TRUE.equals(configuration.getAllowCredentials())) {
            headers.put(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        return headers;
    }

    /**
     * Whether a page is the gateway's own. The scheme is not compared, since a proxy in front may end TLS; such a page gets no CORS
     * headers, so that its browser still decides by the whole origin.
     */
    private static boolean isOwn(String origin, @Nullable String host) {
        int start = origin.indexOf("://");
        return host != null
                && start > 0
                && withoutDefaultPort(origin.substring(start + 3)).equals(withoutDefaultPort(host));
    }

    private static String withoutDefaultPort(String authority) {
        String lower = authority.toLowerCase(Locale.ROOT);
        if (lower.endsWith(":443")) {
            return lower.substring(0, lower.length() - 4);
        }
        return lower.endsWith(":80") ? lower.substring(0, lower.length() - 3) : lower;
    }
}
