package io.portcullis.gateway.route;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.origin.AllowedOrigins;
import io.portcullis.gateway.problem.MissingRoleException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the authentication rules in a route's metadata (docs/design.md section 5, step 6).
 *
 * @param auth whether the route requires an access token
 * @param roles the roles of which the caller needs one; empty if no role is needed
 * @param forwardToken whether the service behind the gateway receives the token
 * @param webSocket whether WebSocket handshakes are allowed although the route's URI is not {@code ws} or {@code wss}
 * @param allowedOrigins the origins that may open a WebSocket in addition to the gateway's own
 * @param identityAudience the audience of the signed identity that the service receives, which is the route's id; null if it receives none
 * @param login whether the service may open sessions (docs/login-services.md)
 */
public record RouteRules(
        Auth auth,
        List<String> roles,
        boolean forwardToken,
        boolean webSocket,
        AllowedOrigins allowedOrigins,
        @Nullable String identityAudience,
        boolean login) {
    /** The metadata keys that {@link #of} reads. */
    public static final Set<String> KEYS =
            Set.of("auth", "roles", "forward-token", "websocket", "allowed-origins", "signed-identity", "login");

    /** Begins the names of metadata keys that the operator's own filters read. */
    public static final String OWN_PREFIX = "x-";

    /** Specifies whether a route requires an access token. */
    public enum Auth {
        /** Requests need a valid token. */
        REQUIRED,
        /** Requests without a token pass, but a presented token must be valid. */
        OPTIONAL,
        /** Requests pass without a check; a presented token is not read. */
        NONE
    }

    public RouteRules {
        roles = List.copyOf(roles);
        if (auth != Auth.REQUIRED && !roles.isEmpty()) {
            throw new IllegalArgumentException(
                    "roles: " + roles + " on a route with auth: " + word(auth) + " (expected: auth: required)");
        }
        if (auth == Auth.NONE && identityAudience != null) {
            throw new IllegalArgumentException(
                    "signed-identity: true on a route with auth: none (expected: auth: required or optional)");
        }
        if (login && webSocket) {
            throw new IllegalArgumentException("login: true and websocket: true on one route (expected: one of them)");
        }
    }

    /** Returns the rules of an endpoint that requires a token and, if roles are given, one of them. */
    public static RouteRules required(String... roles) {
        return new RouteRules(Auth.REQUIRED, List.of(roles), false, false, AllowedOrigins.NONE, null, false);
    }

    /** Returns the rules of an endpoint that requires no token; a presented token must be valid. */
    public static RouteRules optional() {
        return new RouteRules(Auth.OPTIONAL, List.of(), false, false, AllowedOrigins.NONE, null, false);
    }

    /**
     * Reads the rules of a route from its metadata, with defaults for missing keys. Ignores other keys.
     *
     * @throws IllegalArgumentException with a message that names the expected values, if a value is invalid
     */
    public static RouteRules of(String routeId, Map<String, ?> metadata) {
        return new RouteRules(
                auth(metadata.get("auth")),
                roles(metadata.get("roles")),
                flag("forward-token", metadata.get("forward-token")),
                flag("websocket", metadata.get("websocket")),
                origins(metadata.get("allowed-origins")),
                flag("signed-identity", metadata.get("signed-identity")) ? routeId : null,
                flag("login", metadata.get("login")));
    }

    /**
     * Checks that the caller has one of the required roles.
     *
     * @throws MissingRoleException if roles are required and the caller has none of them
     */
    public void requireRole(Identity identity) {
        MissingRoleException missing = findMissingRole(identity);
        if (missing != null) {
            throw missing;
        }
    }

    /** Returns the failure of a caller who has none of the route's roles; null if the caller may pass. */
    public @Nullable MissingRoleException findMissingRole(Identity identity) {
        return roles.isEmpty() || roles.stream().anyMatch(identity::hasRole) ? null : new MissingRoleException(roles);
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
        // An empty list is refused, because a slip would open the route to every logged-in user.
        if (roles == null
                || (value != null && roles.isEmpty())
                || roles.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("roles: " + value + " (expected: a list such as [admin, editor])");
        }
        return roles;
    }

    private static AllowedOrigins origins(@Nullable Object value) {
        List<String> texts = texts(value);
        AllowedOrigins origins = texts == null ? null : AllowedOrigins.parse(texts);
        if (origins == null) {
            throw new IllegalArgumentException(
                    "allowed-origins: " + value + " (expected: a list such as [https://app.example.com], or [\"*\"])");
        }
        return origins;
    }

    /**
     * Returns the texts of a list, or {@code null} if the value is not a flat list. Spring's binder turns a YAML list of unknown
     * target type into a map with the indexes as keys, and an empty list into an empty text.
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
