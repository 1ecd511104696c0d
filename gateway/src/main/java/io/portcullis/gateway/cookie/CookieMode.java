package io.portcullis.gateway.cookie;

/** Selects whether tokens are in cookies: {@code portcullis.http.cookies}. */
public enum CookieMode {
    /** The gateway neither sets nor reads cookies. */
    OFF,
    /** A login also sets cookies. A request without another credential is authenticated by its cookies. */
    ON,
    /** Tokens are in cookies and nowhere else. The gateway reads neither {@code Authorization} nor parameters. */
    ONLY
}
