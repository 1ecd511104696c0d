package io.portcullis.gateway.decision;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.authentication.TokenSources;
import io.portcullis.gateway.route.RouteRules;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * The question in the query of a call to the decision endpoint.
 *
 * @param rules the rules that the request must satisfy, as those of a route
 * @param cookieHeaders whether each cookie is also in a header of its own, see {@link SeparateCookies}
 */
record DecisionQuery(RouteRules rules, boolean cookieHeaders) {
    private static final String AUTH = "auth";
    private static final String ROLES = "roles";
    private static final String COOKIES = "cookies";
    private static final Set<String> NAMES = Set.of(AUTH, ROLES, COOKIES, TokenSources.PARAMETER);

    /**
     * Reads the parameters {@code auth}, {@code roles} and {@code cookies}. Without them a token is required, and no role. The parameter
     * {@code token} is a credential and not read here.
     *
     * @param fromBrowser whether the call may be a browser's own. Its scripts can read headers, and must not get tokens
     * @throws PortcullisException {@code BAD_REQUEST} if a parameter is unknown, occurs twice or has an invalid value; the message does
     *     not repeat it, because it may be a token
     */
    static DecisionQuery of(MultiValueMap<String, String> parameters, boolean fromBrowser) {
        if (!NAMES.containsAll(parameters.keySet())) {
            throw invalid("unknown parameter (expected: auth, roles, cookies or token)");
        }
        RouteRules.Auth auth = auth(single(parameters, AUTH));
        List<String> roles = roles(single(parameters, ROLES));
        if (auth == RouteRules.Auth.OPTIONAL && !roles.isEmpty()) {
            throw invalid("roles (expected: with auth=required only)");
        }
        return new DecisionQuery(
                auth == RouteRules.Auth.OPTIONAL
                        ? RouteRules.optional()
                        : RouteRules.required(roles.toArray(String[]::new)),
                cookieHeaders(single(parameters, COOKIES), fromBrowser));
    }

    /** Returns the value of a parameter, empty if it has none, and {@code null} if the parameter does not occur. */
    private static @Nullable String single(MultiValueMap<String, String> parameters, String name) {
        List<@Nullable String> values = parameters.get(name);
        if (values == null) {
            return null;
        }
        if (values.size() != 1) {
            throw invalid(name + " (expected: once)");
        }
        String value = values.get(0);
        return value == null ? "" : value;
    }

    private static RouteRules.Auth auth(@Nullable String value) {
        if (value == null || value.equals("required")) {
            return RouteRules.Auth.REQUIRED;
        }
        if (value.equals("optional")) {
            return RouteRules.Auth.OPTIONAL;
        }
        throw invalid("auth (expected: required or optional; what needs no check needs no call)");
    }

    private static List<String> roles(@Nullable String value) {
        if (value == null) {
            return List.of();
        }
        List<String> roles =
                Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        // An empty role is refused, because a slip would open the service to every logged-in user.
        if (roles.stream().anyMatch(String::isEmpty)) {
            throw invalid("roles (expected: a list such as admin,editor)");
        }
        return roles;
    }

    private static boolean cookieHeaders(@Nullable String value, boolean fromBrowser) {
        if (value == null) {
            return false;
        }
        if (!value.equals("separate")) {
            throw invalid("cookies (expected: separate)");
        }
        if (fromBrowser) {
            throw invalid("cookies=separate (expected: a call without Sec-Fetch-Site, which the proxy must leave out)");
        }
        return true;
    }

    private static PortcullisException invalid(String detail) {
        return PortcullisException.of(ErrorCode.BAD_REQUEST, detail);
    }
}
