package io.portcullis.gateway.console;

import java.util.Set;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Maps the console's calls to the endpoints of the administrators' API: {@code /console/api/session/page} is answered by the endpoint of
 * {@code /system/session/page}. A call carries an attribute that says that it came in this way.
 */
final class ConsoleApi {
    /** The endpoints that only the console uses, below {@code /console/api} and {@code /system}. */
    static final String OWN = "/system/console";

    private static final String ATTRIBUTE = ConsoleApi.class.getName();
    private static final PathPattern CALLS = PathPatternParser.defaultInstance.parse("/console/api/**");
    /** The first segments of the paths below {@code /system} that the console may call. */
    private static final Set<String> REACHABLE = Set.of(
            "session",
            "user",
            "login-log",
            "account",
            "token-use",
            "node",
            "route",
            "event",
            "oauth2-client",
            "diagnostics",
            "console");

    private ConsoleApi() {}

    /** Returns whether a request is a call of the console. */
    static boolean isCall(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE) != null;
    }

    /** Returns the exchange with the path of the endpoint if the request is a call of the console, otherwise the same exchange. */
    static ServerWebExchange map(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        PathContainer path = request.getPath().pathWithinApplication();
        if (!CALLS.matches(path)) {
            return exchange;
        }
        String call = CALLS.extractPathWithinPattern(path).value();
        if (!REACHABLE.contains(call.replaceFirst("/.*", ""))) {
            return exchange;
        }
        exchange.getAttributes().put(ATTRIBUTE, call);
        String target = request.getPath().contextPath().value() + "/system/" + call;
        return exchange.mutate().request(request.mutate().path(target).build()).build();
    }
}
