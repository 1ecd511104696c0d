package io.portcullis.gateway.authentication;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Removes tokens from {@code Referer}. A page that was opened with a token in its URL sends it to each service that it calls. */
final class Referer {
    private static final Set<String> PARAMETERS = Set.of(TokenSources.PARAMETER, TokenSources.TICKET_PARAMETER);

    private Referer() {}

    /**
     * Returns the value without query parameters that contain a token, or {@code null} if another part contains one. Leaves tokens
     * other than tickets if the route forwards tokens.
     */
    static @Nullable String without(RemovedTokens removed, String value) {
        if (!mayContainToken(value)) {
            return value;
        }
        return removed == RemovedTokens.NONE
                ? without(value, Referer::isTicket, TokenStripper::containsTicket)
                : without(value, Referer::isToken, TokenStripper::containsGatewayToken);
    }

    private static @Nullable String without(String value, Predicate<String> isRemoved, Predicate<String> isToken) {
        int query = value.indexOf('?');
        String kept = query < 0 ? value : value.substring(0, query) + cleaned(value.substring(query + 1), isRemoved);
        return isToken.test(TokenStripper.decoded(kept)) ? null : kept;
    }

    /** Returns quickly for the many values without a token. A percent sign may encode part of a name or token. */
    private static boolean mayContainToken(String value) {
        return value.indexOf('%') >= 0
                || value.contains("token=")
                || value.contains("ticket=")
                || TokenStripper.containsGatewayToken(value);
    }

    private static String cleaned(String query, Predicate<String> isRemoved) {
        String kept = Arrays.stream(query.split("&", -1))
                .filter(pair -> !isRemoved.test(pair))
                .collect(Collectors.joining("&"));
        return kept.isEmpty() ? "" : "?" + kept;
    }

    private static boolean isToken(String pair) {
        int equals = pair.indexOf('=');
        String name = TokenStripper.decoded(equals < 0 ? pair : pair.substring(0, equals));
        return (equals >= 0 && PARAMETERS.contains(name))
                || TokenStripper.containsGatewayToken(TokenStripper.decoded(pair));
    }

    private static boolean isTicket(String pair) {
        return TokenStripper.containsTicket(TokenStripper.decoded(pair));
    }
}
