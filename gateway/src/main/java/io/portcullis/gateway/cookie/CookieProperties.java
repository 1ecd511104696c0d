package io.portcullis.gateway.cookie;

import io.portcullis.gateway.origin.Origin;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Binds the properties of cookie mode (docs/design.md section 11), which stand beside those of {@code portcullis.http}.
 *
 * @param cookies whether tokens are in cookies (on), in cookies alone (only), or not in cookies (off)
 * @param sameSite whether browsers send the cookies when the user follows a link from another site (lax), or not (strict)
 * @param allowedOrigins origins, besides the gateway's own, whose pages may use the cookies, such as https://app.example.com; no effect if
 *     cookies are off
 */
@ConfigurationProperties("portcullis.http")
public record CookieProperties(
        @DefaultValue("off") CookieMode cookies,
        @DefaultValue("lax") SameSite sameSite,
        @DefaultValue List<String> allowedOrigins) {
    public CookieProperties {
        allowedOrigins = List.copyOf(allowedOrigins);
        for (String origin : allowedOrigins) {
            if (Origin.parseConfigured(origin) == null) {
                throw new IllegalArgumentException("portcullis.http.allowed-origins: " + origin
                        + " (expected: scheme and host, such as https://app.example.com)");
            }
        }
    }
}
