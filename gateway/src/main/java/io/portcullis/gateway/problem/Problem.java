package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes a failure for its response.
 *
 * @param detail the text after the code's message, such as the expected form of a value; empty for none
 * @param challenge the attributes of {@code WWW-Authenticate}, or {@code null} to omit the header
 * @param retryAfter the delay in {@code Retry-After}, or {@code null} to omit the header
 */
record Problem(
        ErrorCode code,
        String detail,
        @Nullable Challenge challenge,
        @Nullable Duration retryAfter) {

    static Problem of(ErrorCode code) {
        return of(code, "");
    }

    static Problem of(ErrorCode code, String detail) {
        return new Problem(code, detail, Challenge.of(code), null);
    }

    static Problem of(PortcullisException failure) {
        return new Problem(
                failure.code(),
                failure.detail(),
                Challenge.of(failure.code()),
                failure.retryAfter().orElse(null));
    }

    static Problem of(BearerRequestException failure) {
        return new Problem(
                ErrorCode.BAD_REQUEST, failure.description(), Challenge.invalidRequest(failure.description()), null);
    }

    static Problem of(MissingRoleException failure) {
        return new Problem(ErrorCode.FORBIDDEN, "", Challenge.insufficientScope(failure.roles()), null);
    }

    static Problem retryLater(ErrorCode code, Duration retryAfter) {
        return new Problem(code, "", null, retryAfter);
    }

    Optional<Challenge> findChallenge() {
        return Optional.ofNullable(challenge);
    }

    Optional<Duration> findRetryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
