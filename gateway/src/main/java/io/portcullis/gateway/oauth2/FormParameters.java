package io.portcullis.gateway.oauth2;

import io.portcullis.gateway.endpoint.FormBody;
import io.portcullis.gateway.problem.OAuth2Error;
import io.portcullis.gateway.problem.OAuth2Exception;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The parameters of a request to an OAuth 2 endpoint, from its form (RFC 6749 appendix B). A parameter without a value is missing
 * (section 3.2). {@code toString} has the known names alone.
 */
final class FormParameters {
    static final String GRANT_TYPE = "grant_type";
    static final String SCOPE = "scope";
    static final String REFRESH_TOKEN = "refresh_token";
    static final String TOKEN = "token";
    static final String CLIENT_ID = "client_id";
    static final String CLIENT_SECRET = "client_secret";

    /** Longer than each value that any endpoint accepts. */
    private static final int MAX_LENGTH = 2_048;

    /** The parameters of the endpoints. A URL must not have them: it gets into logs and histories (RFC 6749 section 2.3.1). */
    private static final Set<String> KNOWN = Set.of(
            GRANT_TYPE, SCOPE, REFRESH_TOKEN, TOKEN, CLIENT_ID, CLIENT_SECRET, "access_token", "token_type_hint");

    /** The characters of {@code scope-token}, RFC 6749 section 3.3. */
    private static final Pattern SCOPE_TOKEN = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

    private final Map<String, String> values;

    private FormParameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Emits the parameters. Fails with {@code invalid_request} if the query has one of them, if one occurs twice, or is too long. Errors
     * otherwise as {@link FormBody#read}.
     */
    static Mono<FormParameters> read(ServerWebExchange exchange) {
        return Mono.defer(() -> {
            exchange.getRequest().getQueryParams().keySet().stream()
                    .filter(KNOWN::contains)
                    .findFirst()
                    .ifPresent(name -> {
                        throw invalid("parameter " + name + " in the query (expected: in the body)");
                    });
            return FormBody.read(exchange).map(FormParameters::of);
        });
    }

    private static FormParameters of(MultiValueMap<String, String> form) {
        Map<String, String> values = new LinkedHashMap<>();
        form.forEach((name, all) -> {
            if (all.size() > 1) {
                throw invalid("parameter " + shown(name) + " occurs " + all.size() + " times (expected: once)");
            }
            String value = Objects.requireNonNullElse(all.get(0), "");
            if (value.length() > MAX_LENGTH) {
                throw invalid("parameter " + shown(name) + " has " + value.length() + " characters (expected: at most "
                        + MAX_LENGTH + ")");
            }
            if (!value.isEmpty()) {
                values.put(name, value);
            }
        });
        return new FormParameters(values);
    }

    /** A client that forgot the name of a parameter sends its value in the name's place. */
    private static String shown(String name) {
        return KNOWN.contains(name) ? name : "of another name";
    }

    /** Returns the value, or null if the parameter is missing. */
    @Nullable
    String find(String name) {
        return values.get(name);
    }

    /** Returns the value. Throws {@code invalid_request} if the parameter is missing. */
    String require(String name) {
        String value = values.get(name);
        if (value == null) {
            throw invalid("parameter " + name + " is missing");
        }
        return value;
    }

    /** Returns the values of the parameter {@code scope}; empty if it is missing. Throws {@code invalid_scope} if it is malformed. */
    Set<String> scopes() {
        String value = values.get(SCOPE);
        if (value == null) {
            return Set.of();
        }
        List<String> scopes = Arrays.asList(value.split(" ", -1));
        if (!scopes.stream().allMatch(scope -> SCOPE_TOKEN.matcher(scope).matches())) {
            throw new OAuth2Exception(OAuth2Error.INVALID_SCOPE, "scope (expected: names with one space in between)");
        }
        return scopes.stream().collect(Collectors.toUnmodifiableSet());
    }

    private static OAuth2Exception invalid(String description) {
        return new OAuth2Exception(OAuth2Error.INVALID_REQUEST, description);
    }

    @Override
    public String toString() {
        return "FormParameters"
                + values.keySet().stream().filter(KNOWN::contains).toList();
    }
}
