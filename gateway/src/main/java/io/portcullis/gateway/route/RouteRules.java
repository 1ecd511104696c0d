package io.portcullis.gateway.route;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.MissingRoleException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a route's metadata says about authentication (docs/design.md section 5, step 6).
 *
 * @param roles the roles of which the caller needs one; empty: none needed
 * @param forwardToken whether the service behind the gateway gets the token
 * @param webSocket whether WebSocket may be asked for although the URI is not {@code ws} or {@code wss}
 * @param allowedOrigins the origins that may open a WebSocket beside the gateway's own, {@code *} for any
 */
public record RouteRules(
        Auth auth, List<String> roles, boolean forwardToken, boolean webSocket, List<String> allowedOrigins) {
    /** The metadata keys that are read here. */
    public static final Set<String> KEYS = Set.of("auth", "roles", "forward-token", "websocket", "allowed-origins");

    private static final Pattern ORIGIN = Pattern.compile("\\*|[a-z][a-z0-9+.-]*://[^/\\s]+", Pattern.CASE_INSENSITIVE);

    /** Whether a route asks who is calling. */
    public enum Auth {
        REQUIRED,
        /** Anonymous callers pass, but a token that is presented must be good. */
        OPTIONAL,
        NONE
    }

    public RouteRules {
        roles = List.copyOf(roles);
        allowedOrigins = List.copyOf(allowedOrigins);
        if (auth != Auth.REQUIRED && !roles.isEmpty()) {
            throw new IllegalArgumentException(
                    "roles: " + roles + " on a route with auth: " + word(auth) + " (expected: auth: required)");
        }
    }

    /** The rules of a place that needs a login. */
    public static RouteRules required(String... roles) {
        return new RouteRules(Auth.REQUIRED, List.of(roles), false, false, List.of());
    }

    /** @throws IllegalArgumentException with a sentence that says what to write, if a value does not fit */
    public static RouteRules of(Map<String, ?> metadata) {
        return new RouteRules(
                auth(metadata.get("auth")),
                roles(metadata.get("roles")),
                flag("forward-token", metadata.get("forward-token")),
                flag("websocket", metadata.get("websocket")),
                origins(metadata.get("allowed-origins")));
    }

    /** @throws MissingRoleException if the caller has none of the roles of which one is needed */
    public void requireRole(Identity identity) {
        if (!roles.isEmpty() && roles.stream().noneMatch(identity::hasRole)) {
            throw new MissingRoleException(roles);
        }
    }

    private static Auth auth(@Nullable Object value) {
        if (value == null) {
            return Auth.REQUIRED;
        }
        for (Auth auth : Auth.values()) {
            if (word(auth).equals(value)) {
                return auth;
            }
        }
        throw new IllegalArgumentException("auth: " + value + " (expected: required, optional, or none)");
    }

    private static String word(Auth auth) {
        return auth.name().toLowerCase(Locale.ROOT);
    }

    private static boolean flag(String key, @Nullable Object value) {
        if (value == null) {
            return false;
        }
        return switch (String.valueOf(value)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(key + ": " + value + " (expected: true or false)");
        };
    }

    private static List<String> roles(@Nullable Object value) {
        List<String> roles = texts(value);
        // An empty list is no way to say "none needed": a slip would open the route to everybody who is logged in.
        if (roles == null
                || (value != null && roles.isEmpty())
                || roles.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("roles: " + value + " (expected: a list such as [admin, editor])");
        }
        return roles;
    }

    private static List<String> origins(@Nullable Object value) {
        List<String> origins = texts(value);
        if (origins == null || !origins.stream().allMatch(ORIGIN.asMatchPredicate())) {
            throw new IllegalArgumentException(
                    "allowed-origins: " + value + " (expected: a list such as [https://app.example.com], or [\"*\"])");
        }
        return origins;
    }

    /**
     * The texts of a list, or null if it is none. The binder makes a map of indexes out of a YAML list whose target type it does
     * not know, and an empty text out of an empty list.
     */
    private static @Nullable List<String> texts(@Nullable Object value) {
        if (value == null || value.equals("")) {
            return List.of();
        }
        Collection<?> values = null;
        if (value instanceof Collection<?> list) {
            values = list;
        } else if (value instanceof Map<?, ?> map && map.keySet().stream().allMatch(RouteRules::isIndex)) {
            values = map.values();
        }
        if (values == null || values.stream().anyMatch(RouteRules::isNested)) {
            return null;
        }
        return values.stream().map(text -> String.valueOf(text).strip()).toList();
    }

    private static boolean isIndex(Object key) {
        return String.valueOf(key).chars().allMatch(Character::isDigit);
    }

    private static boolean isNested(Object value) {
        return value instanceof Map || value instanceof Collection;
    }
}
