package io.portcullis.gateway.problem;

/**
 * Signals that a response failed after its first bytes were sent. It has no cause on purpose: if the cause were the service's
 * connection reset, Spring would take it for a disconnect of the client and end the response as if it were complete.
 */
final class TruncatedResponseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TruncatedResponseException() {
        super("the response failed after its first bytes were sent", null, false, false);
    }
}
