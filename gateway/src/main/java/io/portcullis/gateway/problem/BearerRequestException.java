package io.portcullis.gateway.problem;

/** Signals a request with several or malformed bearer tokens: {@code invalid_request} of RFC 6750 section 3.1. */
public final class BearerRequestException extends RuntimeException {
    /** @param description the error and the expected form, in ASCII without quotes; it must not contain a token */
    public BearerRequestException(String description) {
        super(description, null, false, false);
    }

    String description() {
        return String.valueOf(getMessage());
    }
}
