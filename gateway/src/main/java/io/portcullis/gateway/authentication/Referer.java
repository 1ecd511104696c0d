package io.portcullis.gateway.authentication;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes tokens out of {@code Referer}: a page that was opened with a token in its URL tells it to each service that it calls. */
public final class Referer {
    private static final Set<String> PARAMETERS = Set.of(TokenSources.PARAMETER, "ticket");

    private Referer() {}

    /** The value without the parameters that hold a token; null if a token stands anywhere else in it. */
    public static @Nullable String withoutToken(String value) {
        if (!mayHoldToken(value)) {
            return value;
        }
        int query = value.indexOf('?');
        String kept = query < 0 ? value : value.substring(0, query) + cleaned(value.substring(query + 1));
        return TokenStripper.containsGatewayToken(decoded(kept)) ? null : kept;
    }

    /** Most values hold none of these. A percent sign may hide any of them. */
    private static boolean mayHoldToken(String value) {
        return value.indexOf('%') >= 0
                || value.contains("token=")
                || value.contains("ticket=")
                || TokenStripper.containsGatewayToken(value);
    }

    private static String cleaned(String query) {
        String kept = Arrays.stream(query.split("&", -1))
                .filter(pair -> !isToken(pair))
                .collect(Collectors.joining("&"));
        return kept.isEmpty() ? "" : "?" + kept;
    }

    private static boolean isToken(String pair) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        return (equals >= 0 && PARAMETERS.contains(name)) || TokenStripper.containsGatewayToken(decoded(pair));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
