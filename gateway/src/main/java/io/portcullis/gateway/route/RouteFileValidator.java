package io.portcullis.gateway.route;

import io.portcullis.core.login.ExternalLogin;
import io.portcullis.gateway.startup.ConfigurationException;
import io.portcullis.gateway.startup.NearestName;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/** Refuses routes that cannot work, and routes whose keys or values the gateway library would silently ignore. */
final class RouteFileValidator {
    private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss", "lb", "forward");
    /** The metadata keys that the gateway library reads. */
    private static final Set<String> GATEWAY_KEYS =
            Set.of("connect-timeout", "response-timeout", "preserveHostHeader", "cors");

    private static final Set<String> TIMEOUTS = Set.of("connect-timeout", "response-timeout");
    private static final Pattern MILLIS = Pattern.compile("0*[1-9]\\d{0,8}");

    private final Set<String> predicates;
    private final Set<String> filters;
    private final boolean discovery;

    /**
     * @param predicates the names of the installed predicate factories
     * @param filters the names of the installed filter factories
     * @param discovery whether a load balancer resolves {@code lb://} URIs
     */
    RouteFileValidator(Set<String> predicates, Set<String> filters, boolean discovery) {
        this.predicates = predicates;
        this.filters = filters;
        this.discovery = discovery;
    }

    /** @throws ConfigurationException for the first mistake, with the place of the route */
    void validate(List<RouteDefinition> routes, RouteOrigins origins) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < routes.size(); i++) {
            RouteDefinition route = routes.get(i);
            String location = location(route.getId(), i, origins);
            requireId(route.getId(), location, ids);
            requireUri(route.getUri(), location);
            requirePredicates(route.getPredicates(), location);
            requireFilters(route.getFilters(), location);
            if (requireMetadata(route.getMetadata(), location).login()) {
                requireLogin(String.valueOf(route.getId()), String.valueOf(route.getUri()), location);
            }
        }
    }

    private static String location(@Nullable String id, int index, RouteOrigins origins) {
        String name = id == null || id.isBlank() ? "routes[" + index + "]" : "Route '" + id + "'";
        return name + origins.of(index);
    }

    private static void requireId(@Nullable String id, String location, Set<String> ids) {
        if (id == null || id.isBlank()) {
            throw new ConfigurationException(location + " has no id.", "Write a unique id, such as id: orders");
        }
        if (!ids.add(id)) {
            throw new ConfigurationException(
                    location + " has the same id as a route before it.", "Give each route its own id.");
        }
    }

    private void requireUri(@Nullable URI uri, String location) {
        if (uri == null) {
            throw new ConfigurationException(location + " has no uri.", "Write a URI such as uri: http://orders:8080");
        }
        // No message quotes the URI: health shows the message, and a URI may hold a key.
        if (uri.getRawUserInfo() != null) {
            throw new ConfigurationException(
                    location + " has a user or a password in its uri, which would be ignored.",
                    "Remove them and add a filter such as AddRequestHeader=Authorization, Basic ${ORDERS_CREDENTIALS}");
        }
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
            throw new ConfigurationException(
                    location + " has a uri without a scheme of " + sorted(SCHEMES) + ".",
                    "Write a URI such as uri: http://orders:8080");
        }
        if (uri.getScheme().equals("lb") && !discovery) {
            throw new ConfigurationException(
                    location + " has a uri of lb://, but no load balancer is installed.",
                    "Write the address of the service, such as uri: http://orders:8080");
        }
        boolean hasPath = uri.getRawPath() != null
                && !uri.getRawPath().isEmpty()
                && !uri.getRawPath().equals("/");
        if (hasPath && !uri.getScheme().equals("forward")) {
            throw new ConfigurationException(
                    location + " has a path in its uri, which would be ignored.",
                    "Remove the path and add a filter such as PrefixPath=/path");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new ConfigurationException(
                    location + " has a query or a fragment in its uri, which would be ignored.",
                    "Remove it and add a filter such as AddRequestParameter=name, value");
        }
    }

    private void requirePredicates(List<PredicateDefinition> definitions, String location) {
        if (definitions.isEmpty()) {
            throw new ConfigurationException(
                    location + " has no predicates, so it would match every request.",
                    "Write at least one, such as Path=/orders/**, or Path=/** to match every request on purpose.");
        }
        definitions.forEach(definition -> requireKnown("predicate", definition.getName(), predicates, location));
    }

    private void requireFilters(List<FilterDefinition> definitions, String location) {
        definitions.forEach(definition -> requireKnown("filter", definition.getName(), filters, location));
    }

    private static void requireKnown(String kind, @Nullable String name, Set<String> known, String location) {
        if (name == null || !known.contains(name)) {
            // Without "=" the name has the arguments in it.
            String word = String.valueOf(name).replaceFirst("\\W.*", "");
            throw new ConfigurationException(
                    location + " has the unknown " + kind + " '" + word + "'.",
                    suggestion(word, known) + "Expected one of: " + sorted(known)
                            + ", followed by = and its arguments.");
        }
    }

    private static RouteRules requireMetadata(Map<String, Object> metadata, String location) {
        Set<String> known = new TreeSet<>(RouteRules.KEYS);
        known.addAll(GATEWAY_KEYS);
        for (String key : metadata.keySet()) {
            if (!known.contains(key) && !key.startsWith(RouteRules.OWN_PREFIX)) {
                throw new ConfigurationException(
                        location + " has the unknown metadata '" + key + "'.",
                        suggestion(key, known) + "Expected one of: " + sorted(known)
                                + "; or, for a custom filter, a name that begins with " + RouteRules.OWN_PREFIX + ".");
            }
        }
        TIMEOUTS.forEach(key -> requireMillis(key, metadata.get(key), location));
        try {
            return RouteRules.of(location, metadata);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(location + " has invalid metadata.", String.valueOf(e.getMessage()));
        }
    }

    /** The session's row has the id of the route, and a WebSocket has no response that could be replaced. */
    private static void requireLogin(String id, String uri, String location) {
        if (id.length() > ExternalLogin.MAX_LOGIN_SERVICE) {
            throw new ConfigurationException(
                    location + " has login: true, and an id of more than " + ExternalLogin.MAX_LOGIN_SERVICE
                            + " characters.",
                    "Write a shorter id.");
        }
        if (uri.startsWith("ws")) {
            throw new ConfigurationException(
                    location + " has login: true, and a uri for WebSockets.", "Write a uri such as http://login:8080");
        }
    }

    /** Checks a timeout at start, because Spring Cloud Gateway parses it per request and would fail each request. */
    private static void requireMillis(String key, @Nullable Object value, String location) {
        if (value != null && !MILLIS.matcher(String.valueOf(value)).matches()) {
            throw new ConfigurationException(
                    location + " has the invalid metadata " + key + ": " + value + ".",
                    "Write " + key + " in milliseconds, from 1 to 999999999, such as 2000.");
        }
    }

    private static String suggestion(String name, Set<String> known) {
        return NearestName.of(name, known)
                .map(nearest -> "Did you mean '" + nearest + "'? ")
                .orElse("");
    }

    private static String sorted(Set<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }
}
