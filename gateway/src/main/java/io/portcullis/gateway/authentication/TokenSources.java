package io.portcullis.gateway.authentication;

/**
 * Selects the places, besides the {@code Authorization} header, from which the gateway reads tokens.
 *
 * @param parameter whether the query parameter {@code token} is read
 * @param cookies whether the gateway's cookies are read
 */
public record TokenSources(boolean parameter, boolean cookies) {
    public static final String PARAMETER = "token";
    public static final String ACCESS_COOKIE = "portcullis_access";
    public static final String REFRESH_COOKIE = "portcullis_refresh";

    /** Returns whether a value of {@code Cookie} may contain a cookie of the gateway. May be true for another cookie. */
    public static boolean mayHoldCookie(String cookies) {
        return cookies.contains(ACCESS_COOKIE) || cookies.contains(REFRESH_COOKIE);
    }
}
