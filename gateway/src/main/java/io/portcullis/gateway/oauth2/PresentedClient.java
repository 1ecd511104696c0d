package io.portcullis.gateway.oauth2;

import io.portcullis.core.client.ClientCredentials;
import io.portcullis.gateway.problem.OAuth2Error;
import io.portcullis.gateway.problem.OAuth2Exception;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Finds the credentials of a client in a request: {@code client_secret_basic}, {@code client_secret_post}, or the id of a public client
 * (RFC 6749 section 2.3.1).
 */
final class PresentedClient {
    private static final String BASIC = "basic ";

    private PresentedClient() {}

    /**
     * Returns the credentials, or null if the request has none. A credential of another scheme than Basic is ignored: front ends attach
     * an access token to each request.
     *
     * @throws OAuth2Exception {@code invalid_request} if there are credentials in two places; {@code invalid_client} if those in the
     *     header cannot be read
     */
    static @Nullable ClientCredentials find(HttpHeaders headers, FormParameters form) {
        List<String> authorization = headers.getOrEmpty(HttpHeaders.AUTHORIZATION);
        if (authorization.size() > 1) {
            throw invalidRequest("more than one Authorization header (expected: one)");
        }
        boolean basic =
                !authorization.isEmpty() && authorization.get(0).regionMatches(true, 0, BASIC, 0, BASIC.length());
        return basic ? inHeader(authorization.get(0).substring(BASIC.length()).strip(), form) : inForm(form);
    }

    private static @Nullable ClientCredentials inForm(FormParameters form) {
        String id = form.find(FormParameters.CLIENT_ID);
        String secret = form.find(FormParameters.CLIENT_SECRET);
        if (id == null) {
            if (secret != null) {
                throw invalidRequest("client_secret without client_id");
            }
            return null;
        }
        return new ClientCredentials(id, secret == null ? List.of() : List.of(secret));
    }

    private static ClientCredentials inHeader(String encoded, FormParameters form) {
        if (form.find(FormParameters.CLIENT_SECRET) != null) {
            throw invalidRequest("client credentials in the header and in the body (expected: in one place)");
        }
        String text = decode(encoded);
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw malformed();
        }
        String id = unescaped(text.substring(0, colon));
        String named = form.find(FormParameters.CLIENT_ID);
        if (named != null && !named.equals(id)) {
            throw invalidRequest("client_id in the body is not that of the header");
        }
        String secret = text.substring(colon + 1);
        return new ClientCredentials(
                id,
                secret.isEmpty()
                        ? List.of()
                        : Stream.of(unescaped(secret), secret).distinct().toList());
    }

    private static String decode(String encoded) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw malformed();
        }
    }

    /**
     * Returns the text without the encoding of a form, which section 2.3.1 asks for, or the text itself if it is not encoded so. Many
     * clients do not encode their secret, so the secret as it stands is compared too.
     */
    private static String unescaped(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static OAuth2Exception malformed() {
        return new OAuth2Exception(
                OAuth2Error.INVALID_CLIENT,
                "malformed Basic credentials (expected: base64 of client_id:client_secret)");
    }

    private static OAuth2Exception invalidRequest(String description) {
        return new OAuth2Exception(OAuth2Error.INVALID_REQUEST, description);
    }
}
