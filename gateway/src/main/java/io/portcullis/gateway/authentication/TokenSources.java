package io.portcullis.gateway.authentication;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Selects the places, besides the {@code Authorization} header, from which the gateway reads tokens.
 *
 * @param tokenParameter whether the query parameter "token" is read
 * @param cookies whether tokens are set in, and read from, cookies
 */
@ConfigurationProperties("portcullis.http")
public record TokenSources(
        @DefaultValue("true") boolean tokenParameter,
        @DefaultValue("false") boolean cookies) {
    public static final String PARAMETER = "token";
    public static final String ACCESS_COOKIE = "portcullis_access";
    public static final String REFRESH_COOKIE = "portcullis_refresh";

    /** Returns whether a value of {@code Cookie} may contain a cookie of the gateway. May be true for another cookie. */
    public static boolean mayContainCookie(String cookies) {
        return cookies.contains(ACCESS_COOKIE) || cookies.contains(REFRESH_COOKIE);
    }
}
