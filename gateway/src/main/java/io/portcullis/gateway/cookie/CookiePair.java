package io.portcullis.gateway.cookie;

/**
 * The names and the attributes of the two cookies that hold the tokens of a session.
 *
 * @param access the name of the cookie with the access token
 * @param refresh the name of the cookie with the refresh token
 * @param path the path below which browsers send the cookies
 * @param sameSite whether browsers send the cookies with requests that another site causes
 */
record CookiePair(String access, String refresh, String path, SameSite sameSite) {
    /** Returns the cookies of the users of services. */
    static CookiePair of(SameSite sameSite) {
        return new CookiePair(GatewayCookies.ACCESS, GatewayCookies.REFRESH, "/", sameSite);
    }

    /**
     * Returns the cookies of the console. The prefix {@code __Secure-} stands for {@code __Host-}, which forbids a path other than
     * {@code /}.
     *
     * @param base the path below which the gateway's own paths are, empty for none
     */
    static CookiePair ofConsole(String base) {
        return new CookiePair(
                "__Secure-portcullis_console_access",
                "__Secure-portcullis_console_refresh",
                base + "/console",
                SameSite.STRICT);
    }
}
