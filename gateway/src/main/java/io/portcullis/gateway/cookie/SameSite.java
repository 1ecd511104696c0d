package io.portcullis.gateway.cookie;

/** Selects the attribute {@code SameSite} of the gateway's cookies: {@code portcullis.http.same-site}. */
public enum SameSite {
    /** Browsers send the cookies with requests of the same site, and when the user follows a link from another site. */
    LAX("Lax"),
    /** Browsers send the cookies with requests of the same site alone. */
    STRICT("Strict");

    private final String attribute;

    SameSite(String attribute) {
        this.attribute = attribute;
    }

    String attribute() {
        return attribute;
    }
}
