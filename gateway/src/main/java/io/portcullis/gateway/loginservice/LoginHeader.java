package io.portcullis.gateway.loginservice;

import static io.portcullis.core.login.ExternalLogin.requireText;

import io.portcullis.core.login.ExternalLogin;
import io.portcullis.core.session.ClientInfo;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Reads the header {@code X-Portcullis-Login}: the user that a login service has authenticated, as JSON in base64url. */
final class LoginHeader {
    private static final String DEFAULT_USER_TYPE = "user";
    private static final int MAX_LENGTH = 8_000;
    private static final int MAX_DEVICE = 64;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private LoginHeader() {}

    private record Fields(
            @Nullable String userId,
            @Nullable String username,
            @Nullable String userType,
            @Nullable List<@Nullable String> roles,
            @Nullable String tenantId,
            @Nullable String device,
            @Nullable String deviceType) {}

    /**
     * Returns the login of the user in the header.
     *
     * @param values the values of the header, which must occur once
     * @param client the origin of the request; the device comes from the header
     * @throws LoginServiceException if the header is not as expected
     */
    static ExternalLogin read(List<String> values, ClientInfo client, Set<String> replaces, String route) {
        if (values.size() != 1) {
            throw new LoginServiceException("X-Portcullis-Login occurs " + values.size() + " times (expected: once)");
        }
        Fields fields = fields(decoded(values.get(0)));
        try {
            return login(fields, client, replaces, route);
        } catch (IllegalArgumentException e) {
            throw new LoginServiceException("X-Portcullis-Login: " + e.getMessage());
        }
    }

    private static String decoded(String value) {
        if (value.length() > MAX_LENGTH) {
            throw new LoginServiceException(
                    "X-Portcullis-Login is too long (expected: at most " + MAX_LENGTH + " characters)");
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(value);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new LoginServiceException("X-Portcullis-Login is no text in UTF-8 in base64url");
        }
    }

    /** The message of the parser is left out, because it repeats the text. */
    private static Fields fields(String json) {
        try {
            Fields fields = JSON.readValue(json, Fields.class);
            if (fields != null) {
                return fields;
            }
        } catch (JacksonException e) {
            throw new LoginServiceException(
                    "X-Portcullis-Login is no JSON object of texts, with userId, username, and optionally userType, roles (a list),"
                            + " tenantId, device, deviceType, and nothing else");
        }
        throw new LoginServiceException("X-Portcullis-Login is null (expected: a JSON object)");
    }

    private static ExternalLogin login(Fields fields, ClientInfo client, Set<String> replaces, String route) {
        List<@Nullable String> roles = Objects.requireNonNullElse(fields.roles(), List.of());
        if (roles.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("roles (expected: a list of texts)");
        }
        String device = optional("device", fields.device());
        String type = optional("deviceType", fields.deviceType());
        return new ExternalLogin(
                required("userId", fields.userId()),
                required("username", fields.username()),
                Objects.requireNonNullElse(fields.userType(), DEFAULT_USER_TYPE),
                Set.copyOf(roles.stream().map(Objects::requireNonNull).toList()),
                fields.tenantId(),
                new ClientInfo(client.ip(), client.userAgent(), device, client.clientId(), type),
                replaces,
                route);
    }

    private static String required(String field, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " (expected: a text)");
        }
        return value;
    }

    private static @Nullable String optional(String field, @Nullable String value) {
        if (value != null) {
            requireText(field, value, MAX_DEVICE);
        }
        return value;
    }
}
