package io.portcullis.gateway.upstream;

import java.io.IOException;

/**
 * Signals that a service sent an invalid HTTP response. The message contains no bytes of the response. The exception has no
 * stack trace, because the fault lies with the service and not in this program.
 */
final class InvalidResponseException extends IOException {
    private static final long serialVersionUID = 1;

    InvalidResponseException(String description) {
        super("invalid response of the service: " + description);
    }

    /** Uses the class name of the decoder's exception as the reason, because the decoder's message may quote the response. */
    InvalidResponseException(Throwable cause) {
        this(
                cause instanceof Violation violation
                        ? violation.description()
                        : cause.getClass().getSimpleName());
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }

    /** Thrown while {@link ResponseDecoder} decodes, to reject a response; the decoder then discards the rest of the connection. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String description;

        Violation(String description) {
            super(description, null, false, false);
            this.description = description;
        }

        String description() {
            return description;
        }
    }
}
