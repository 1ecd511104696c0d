package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Represents the {@code WWW-Authenticate} header of RFC 6750 section 3.
 *
 * @param error the error attribute, or {@code null} when no credential was sent
 * @param description the error description in ASCII, or {@code null} for the English message of the error code
 * @param roles the roles of which the caller needs one, sent as the scope; empty for no scope attribute
 */
record Challenge(@Nullable String error, @Nullable String description, List<String> roles) {
    /** Matches the characters that RFC 6750 section 3 forbids in the value of an attribute. */
    private static final Pattern REFUSED = Pattern.compile("[^\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]");

    /** Returns the challenge of an error code, or {@code null} if a response with this code has no {@code WWW-Authenticate}. */
    static @Nullable Challenge of(ErrorCode code) {
        if (code == ErrorCode.UNAUTHENTICATED || code == ErrorCode.FORBIDDEN || code == ErrorCode.FOREIGN_ORIGIN) {
            return new Challenge(null, null, List.of());
        }
        return code.httpStatus() == 401 ? new Challenge("invalid_token", null, List.of()) : null;
    }

    static Challenge invalidRequest(String description) {
        return new Challenge("invalid_request", description, List.of());
    }

    static Challenge insufficientScope(List<String> roles) {
        return new Challenge("insufficient_scope", null, roles);
    }

    /**
     * Returns the value of the header.
     *
     * @param englishMessage the description if this challenge has none of its own
     */
    String toHeader(String englishMessage) {
        StringBuilder header = new StringBuilder("Bearer realm=\"portcullis\"");
        if (error == null) {
            return header.toString();
        }
        append(header, "error", error);
        append(header, "error_description", description == null ? englishMessage : description);
        if (!roles.isEmpty()) {
            append(header, "scope", String.join(" ", roles));
        }
        return header.toString();
    }

    private static void append(StringBuilder header, String name, String value) {
        header.append(", ")
                .append(name)
                .append("=\"")
                .append(REFUSED.matcher(value).replaceAll("'"))
                .append('"');
    }
}
