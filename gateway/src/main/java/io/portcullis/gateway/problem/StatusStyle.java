package io.portcullis.gateway.problem;

/** Selects the HTTP status of error responses: {@code portcullis.http.status-style}. */
enum StatusStyle {
    /** The HTTP status of an error response is the failure's. */
    STATUS,
    /** The HTTP status of an error response is 200; only the envelope's code names the failure. */
    ENVELOPE
}
