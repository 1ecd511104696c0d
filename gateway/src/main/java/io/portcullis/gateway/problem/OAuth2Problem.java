package io.portcullis.gateway.problem;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.portcullis.core.error.ErrorCode;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Describes a failure for the response of an OAuth 2 endpoint.
 *
 * @param status the HTTP status, whatever {@link StatusStyle} says
 */
record OAuth2Problem(OAuth2Error error, String description, int status) {
    /** Matches the characters that RFC 6749 section 5.2 forbids in {@code error_description}. */
    private static final Pattern REFUSED = Pattern.compile("[^\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]");

    private static final int MAX_DESCRIPTION = 300;

    static OAuth2Problem of(OAuth2Exception failure) {
        return new OAuth2Problem(
                failure.error(), failure.description(), failure.error().status());
    }

    /** Translates a failure that an own endpoint of another kind would answer with an envelope. */
    static OAuth2Problem of(Problem problem, ProblemMessages messages) {
        ErrorCode code = problem.code();
        OAuth2Error error = error(code);
        String message = messages.get(code, Locale.ENGLISH);
        String description = problem.detail().isEmpty() ? message : message + ": " + problem.detail();
        return new OAuth2Problem(error, description, status(code, error));
    }

    /**
     * Returns whether a path that was refused may have been meant for an OAuth 2 endpoint, such as one with a second slash. Reads the path
     * as it was received.
     */
    static boolean isMeant(String rawPath) {
        return rawPath.toLowerCase(Locale.ROOT).contains("oauth2");
    }

    private static OAuth2Error error(ErrorCode code) {
        return switch (code) {
            case BAD_CREDENTIALS -> OAuth2Error.INVALID_CLIENT;
            case SCOPE_NOT_GRANTED -> OAuth2Error.INVALID_SCOPE;
            case REFRESH_TOKEN_INVALID, REFRESH_TOKEN_EXPIRED -> OAuth2Error.INVALID_GRANT;
            case UNAVAILABLE, TOO_MANY_REQUESTS, TOO_MANY_CALLS, TOO_MANY_LOGIN_ATTEMPTS ->
                OAuth2Error.TEMPORARILY_UNAVAILABLE;
            default -> errorOfOther(code);
        };
    }

    private static OAuth2Error errorOfOther(ErrorCode code) {
        if (code.isSessionEnd()) {
            return OAuth2Error.INVALID_GRANT;
        }
        return code.httpStatus() < 500 ? OAuth2Error.INVALID_REQUEST : OAuth2Error.SERVER_ERROR;
    }

    private static int status(ErrorCode code, OAuth2Error error) {
        return switch (error) {
            case INVALID_CLIENT, INVALID_GRANT, INVALID_SCOPE -> error.status();
            // RFC 6749 section 5.2 answers each malformed request with 400.
            default -> code == ErrorCode.UNSUPPORTED_MEDIA_TYPE ? error.status() : code.httpStatus();
        };
    }

    Body body() {
        String plain = REFUSED.matcher(description).replaceAll("'");
        return new Body(
                error.parameter(), plain.length() <= MAX_DESCRIPTION ? plain : plain.substring(0, MAX_DESCRIPTION));
    }

    /** The JSON form of RFC 6749 section 5.2. */
    record Body(
            String error, @JsonProperty("error_description") String errorDescription) {}
}
