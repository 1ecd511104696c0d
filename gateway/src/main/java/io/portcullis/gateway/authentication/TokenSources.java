package io.portcullis.gateway.authentication;

/**
 * The places that a token may come from beside the {@code Authorization} header.
 *
 * @param parameter whether the query parameter {@code token} is read
 * @param cookies whether the cookies are read
 */
public record TokenSources(boolean parameter, boolean cookies) {
    public static final String PARAMETER = "token";
    public static final String ACCESS_COOKIE = "portcullis_access";
    public static final String REFRESH_COOKIE = "portcullis_refresh";

    /** Whether a value of {@code Cookie} may hold one of the gateway's cookies. */
    public static boolean mayHoldCookie(String cookies) {
        return cookies.contains(ACCESS_COOKIE) || cookies.contains(REFRESH_COOKIE);
    }
}
