package io.portcullis.core.error;

/**
 * The stable numeric codes of the gateway's own error responses (docs/design.md section 7).
 *
 * <p>A generic failure has its HTTP status as its code. Code {@code 401} tells the client that the access token is
 * unusable and that a refresh may help. The ten-digit codes are more specific. The codes from {@code 1002000020} to
 * {@code 1002000029} report that the session has ended, so the client must log in again instead of refreshing. Code
 * {@code 1002000012} says nothing about the session: the client must fetch a new ticket.
 */
public enum ErrorCode {
    BAD_REQUEST(400, 400),
    UNAUTHENTICATED(401, 401),
    ACCESS_TOKEN_INVALID(401, 401),
    ACCESS_TOKEN_EXPIRED(401, 401),
    ACCESS_TOKEN_SUPERSEDED(401, 401),
    FORBIDDEN(403, 403),
    NOT_FOUND(404, 404),
    METHOD_NOT_ALLOWED(405, 405),
    NOT_ACCEPTABLE(406, 406),
    REQUEST_TIMEOUT(408, 408),
    CONFLICT(409, 409),
    PAYLOAD_TOO_LARGE(413, 413),
    URI_TOO_LONG(414, 414),
    UNSUPPORTED_MEDIA_TYPE(415, 415),
    TOO_MANY_REQUESTS(429, 429),
    HEADERS_TOO_LARGE(431, 431),
    INTERNAL_ERROR(500, 500),
    NOT_IMPLEMENTED(501, 501),
    BAD_GATEWAY(502, 502),
    UNAVAILABLE(503, 503),
    GATEWAY_TIMEOUT(504, 504),
    BAD_CREDENTIALS(1002000000, 400),
    ACCOUNT_DISABLED(1002000001, 400),
    TOO_MANY_LOGIN_ATTEMPTS(1002000002, 429),
    USERNAME_TAKEN(1002000003, 409),
    WRONG_CURRENT_PASSWORD(1002000004, 400),
    TOO_MANY_SESSIONS(1002000005, 409),
    TOO_MANY_STREAMS(1002000006, 429),
    TOO_MANY_CALLS(1002000007, 429),
    TENANT_REQUIRED(1002000008, 400),
    REFRESH_TOKEN_INVALID(1002000010, 401),
    REFRESH_TOKEN_EXPIRED(1002000011, 401),
    TICKET_INVALID(1002000012, 401),
    SESSION_LOGGED_OUT(1002000020, 401),
    SESSION_KICKED(1002000021, 401),
    SESSION_REPLACED(1002000022, 401),
    /** To clients the same as {@link #SESSION_REPLACED}; the gateway answers it without clearing cookies (docs/adr/0024). */
    SESSION_REPLACED_IN_BROWSER(1002000022, 401),
    SESSION_REUSE(1002000023, 401),
    SESSION_EXPIRED(1002000024, 401),
    SESSION_ACCOUNT_DISABLED(1002000025, 401),
    SESSION_PASSWORD_CHANGED(1002000026, 401),
    SESSION_ROLES_CHANGED(1002000027, 401),
    SESSION_ACCOUNT_DELETED(1002000028, 401),
    FOREIGN_ORIGIN(1002000030, 403),
    SCOPE_NOT_GRANTED(1002000040, 400);

    private final int code;
    private final int httpStatus;

    ErrorCode(int code, int httpStatus) {
        this.code = code;
        this.httpStatus = httpStatus;
    }

    /** Returns the number in the {@code code} field of the error response. */
    public int code() {
        return code;
    }

    /** Returns whether the code gives the reason for the end of a session. */
    public boolean isSessionEnd() {
        return name().startsWith("SESSION_");
    }

    /** Returns the HTTP status of the error response. */
    public int httpStatus() {
        return httpStatus;
    }
}
