package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code WWW-Authenticate} header of RFC 6750 section 3.
 *
 * @param error the error attribute, or {@code null} when no credential was sent
 * @param description in ASCII, or {@code null} for the English message of the code
 */
record Challenge(@Nullable String error, @Nullable String description, List<String> roles) {
    /** What section 3 lets no attribute hold. */
    private static final Pattern REFUSED = Pattern.compile("[^\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]");

    static @Nullable Challenge of(ErrorCode code) {
        if (code == ErrorCode.UNAUTHENTICATED || code == ErrorCode.FORBIDDEN) {
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
