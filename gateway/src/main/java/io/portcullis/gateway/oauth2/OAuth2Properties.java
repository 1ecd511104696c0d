package io.portcullis.gateway.oauth2;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Binds the properties of the OAuth 2 endpoints. The clients stand beside them, in {@code portcullis.oauth2.clients}.
 *
 * @param issuer the URL of the gateway for clients (RFC 8414 section 2), such as https://id.example.com; if there is none, it is the origin
 *     under which the client reached the gateway
 */
@ConfigurationProperties("portcullis.oauth2")
record OAuth2Properties(@Nullable String issuer) {
    OAuth2Properties {
        if (issuer != null && !isIssuer(issuer)) {
            throw new IllegalArgumentException(
                    "portcullis.oauth2.issuer: " + issuer
                            + " (expected: a URL without query, fragment and slash at the end, such as https://id.example.com)");
        }
    }

    private static boolean isIssuer(String text) {
        try {
            URI uri = URI.create(text);
            String scheme = uri.getScheme();
            return ("https".equals(scheme) || "http".equals(scheme))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && !text.endsWith("/");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
