package io.portcullis.gateway.problem;

/** The failure of a request to an OAuth 2 endpoint. It is an ordinary response, so it has no stack trace. */
public final class OAuth2Exception extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final OAuth2Error error;

    /**
     * Creates an exception.
     *
     * @param description the {@code error_description} for developers. Never contains a token or a secret
     */
    public OAuth2Exception(OAuth2Error error, String description) {
        super(description, null, false, false);
        this.error = error;
    }

    OAuth2Error error() {
        return error;
    }

    String description() {
        return String.valueOf(getMessage());
    }
}
