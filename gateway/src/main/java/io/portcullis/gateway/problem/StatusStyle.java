package io.portcullis.gateway.problem;

/** Where a failure's status is told: {@code portcullis.http.status-style}. */
public enum StatusStyle {
    /** As the HTTP status. */
    STATUS,
    /** In the envelope alone; the HTTP status is 200. */
    ENVELOPE
}
