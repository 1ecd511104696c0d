package io.portcullis.gateway.authentication;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Removes tokens from {@code Referer}. A page that was opened with a token in its URL sends it to each service that it calls. */
public final class Referer {
    private static final Set<String> PARAMETERS = Set.of(TokenSources.PARAMETER, "ticket");

    private Referer() {}

    /** Returns the value without query parameters that contain a token, or {@code null} if another part contains one. */
    public static @Nullable String withoutToken(String value) {
        if (!mayContainToken(value)) {
            return value;
        }
        int query = value.indexOf('?');
        String kept = query < 0 ? value : value.substring(0, query) + cleaned(value.substring(query + 1));
        return TokenStripper.containsGatewayToken(decoded(kept)) ? null : kept;
    }

    /** Returns quickly for the many values without a token. A percent sign may encode part of a name or token. */
    private static boolean mayContainToken(String value) {
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
