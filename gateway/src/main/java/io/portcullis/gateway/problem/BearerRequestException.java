package io.portcullis.gateway.problem;

/** A request whose bearer credential cannot be read: {@code invalid_request}, RFC 6750 section 3.1. */
public final class BearerRequestException extends RuntimeException {
    /** @param description what to send instead, in ASCII without quotes; never holds a token */
    public BearerRequestException(String description) {
        super(description, null, false, false);
    }

    String description() {
        return String.valueOf(getMessage());
    }
}
