package io.portcullis.gateway.authentication;

import io.portcullis.gateway.cookie.CookieMode;

/**
 * Selects the places from which the gateway reads tokens.
 *
 * @param tokenParameter whether the query parameter {@code token} is read; never if cookies are the only place
 * @param ticketParameter whether the query parameter {@code ticket} is read on proxied requests
 * @param cookies whether the gateway's cookies are read, and whether they are the only place
 */
public record TokenSources(boolean tokenParameter, boolean ticketParameter, CookieMode cookies) {
    public static final String PARAMETER = "token";
    public static final String TICKET_PARAMETER = "ticket";

    public TokenSources {
        tokenParameter = tokenParameter && cookies != CookieMode.ONLY;
    }

    /** Returns whether the {@code Authorization} header is read. */
    public boolean header() {
        return cookies != CookieMode.ONLY;
    }

    /** Returns whether the gateway's cookies are read. */
    public boolean readsCookies() {
        return cookies != CookieMode.OFF;
    }
}
