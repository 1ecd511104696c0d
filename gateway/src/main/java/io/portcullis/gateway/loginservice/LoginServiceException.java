package io.portcullis.gateway.loginservice;

/** Signals a response of a login service that cannot be understood. It opens no session, and the client gets 502. */
final class LoginServiceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param reason what was wrong, for the log; it must not contain what the service sent */
    LoginServiceException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
