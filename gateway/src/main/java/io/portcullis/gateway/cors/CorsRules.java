package io.portcullis.gateway.cors;

import io.portcullis.gateway.origin.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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

/**
 * Decides which origins may call which paths by CORS (the Fetch standard). The rules come from {@code globalcors} and from the
 * {@code cors} metadata of routes. Thread-safe; {@link #use} replaces all rules atomically.
 */
public final class CorsRules {
    private static final Logger log = LoggerFactory.getLogger(CorsRules.class);

    /** The value of {@code Origin} for pages whose origin is kept secret, such as local files and sandboxed frames. */
    private static final String OPAQUE = "null";

    private volatile List<Rule> rules = List.of();

    private record Rule(PathPattern path, CorsConfiguration configuration) {}

    /**
     * The result of {@link #decide}.
     *
     * @param allowed whether the request may proceed
     * @param headers the headers to add to the response, also if it is an error
     */
    public record Decision(boolean allowed, Map<String, String> headers) {
        /** The decision for a path without CORS rules: any origin may proceed, and no header is added. */
        public static final Decision NO_RULE = new Decision(true, Map.of());

        private static final Map<String, String> VARY = Map.of(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        static final Decision NO_OTHER_ORIGIN = new Decision(true, VARY);
        static final Decision REFUSED = new Decision(false, VARY);

        public Decision {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * Checks the rules before they are used.
     *
     * @throws IllegalArgumentException with a message for the operator, if a rule allows credentials to every origin
     */
    public static void require(Map<String, CorsConfiguration> configurations) {
        configurations.forEach((path, configuration) -> {
            if (isOpenWithCredentials(configuration)) {
                throw new IllegalArgumentException("The CORS rules for " + path
                        + " allow credentials (allow-credentials: true) for every origin (*). Name the origins.");
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

    /** Replaces all rules. A rule that {@link #require} would refuse is logged and ignored. */
    public void use(Map<String, CorsConfiguration> configurations) {
        rules = configurations.entrySet().stream()
                .flatMap(entry -> rule(entry.getKey(), entry.getValue()))
                .sorted((first, second) -> PathPattern.SPECIFICITY_COMPARATOR.compare(first.path(), second.path()))
                .toList();
    }

    private static Stream<Rule> rule(String path, CorsConfiguration configuration) {
        if (isOpenWithCredentials(configuration)) {
            log.error(
                    "Ignoring the CORS rules for {}: they allow credentials for every origin. Name the origins.", path);
            return Stream.of();
        }
        return Stream.of(new Rule(PathPatternParser.defaultInstance.parse(path), normalised(configuration)));
    }

    /** Returns the configuration with its origins in the form that browsers send: without default ports, in ASCII. */
    private static CorsConfiguration normalised(CorsConfiguration configuration) {
        List<String> origins = configuration.getAllowedOrigins();
        if (origins == null) {
            return configuration;
        }
        CorsConfiguration normalised = new CorsConfiguration(configuration);
        normalised.setAllowedOrigins(origins.stream().map(CorsRules::normalised).toList());
        return normalised;
    }

    private static String normalised(String configured) {
        Origin origin = Origin.parseConfigured(configured);
        return origin == null ? configured : origin.toString();
    }

    /** Returns whether no path has a rule. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Returns the most specific rule for a path, or {@code null} if no rule matches. */
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
     * Decides on a request that is not a preflight request. A request without {@code Origin} and a request of the gateway's own
     * host are always allowed. A same-host request gets no CORS headers, so the browser still compares the complete origin.
     *
     * @param origins the values of {@code Origin}; a request with more than one is not allowed
     * @param own supplies the origin under which the client reached the gateway, or null if it is unknown
     */
    public Decision decide(PathContainer path, String method, List<String> origins, Supplier<@Nullable Origin> own) {
        CorsConfiguration configuration = isEmpty() ? null : find(path);
        if (configuration == null) {
            return Decision.NO_RULE;
        }
        Origin origin = Origin.parse(origins);
        if (origins.isEmpty() || (origin != null && origin.isSameHost(own.get()))) {
            return Decision.NO_OTHER_ORIGIN;
        }
        String allowed = origins.size() == 1 ? allowed(configuration, origins.get(0), origin) : null;
        if (allowed == null || configuration.checkHttpMethod(HttpMethod.valueOf(method)) == null) {
            return Decision.REFUSED;
        }
        return new Decision(true, headers(configuration, allowed));
    }

    /**
     * Returns the value of {@code Access-Control-Allow-Origin}, or null if the rule does not allow the origin.
     *
     * @param origin the parsed text; null if the text is {@code null} or names no origin
     */
    private static @Nullable String allowed(CorsConfiguration rule, String text, @Nullable Origin origin) {
        if (origin == null && !text.equals(OPAQUE)) {
            return null;
        }
        String allowed = rule.checkOrigin(origin == null ? text : origin.toString());
        return allowed == null || allowed.equals(CorsConfiguration.ALL) ? allowed : text;
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
}
