package io.portcullis.gateway.problem;

import java.util.Locale;

/** The error codes of the OAuth 2 endpoints (RFC 6749 section 5.2), with the status of the response. */
public enum OAuth2Error {
    INVALID_REQUEST(400),
    INVALID_CLIENT(401),
    INVALID_GRANT(400),
    UNAUTHORIZED_CLIENT(400),
    UNSUPPORTED_GRANT_TYPE(400),
    INVALID_SCOPE(400),
    /** The code of RFC 6749 section 4.1.2.1, for a store that failed and for too many requests. */
    TEMPORARILY_UNAVAILABLE(503),
    /** The code of RFC 6749 section 4.1.2.1. */
    SERVER_ERROR(500);

    private final int status;

    OAuth2Error(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }

    /** Returns the value of {@code error}. */
    String parameter() {
        return name().toLowerCase(Locale.ROOT);
    }
}
