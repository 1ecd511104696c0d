package io.portcullis.gateway.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The change from another system to this gateway (docs/migration).
 *
 * @param acceptTokensUntil until when tokens pass that the migration tool has imported: a date, whose beginning in UTC counts, or a time
 *     such as 2027-01-31T00:00:00Z. Not set: never
 */
@ConfigurationProperties("portcullis.migration")
record MigrationProperties(@Nullable String acceptTokensUntil) {
    MigrationProperties {
        if (acceptTokensUntil != null && !acceptTokensUntil.isBlank()) {
            parse(acceptTokensUntil);
        }
    }

    /** Returns until when imported tokens are accepted; null for never. */
    @Nullable
    Instant importedUntil() {
        return acceptTokensUntil == null || acceptTokensUntil.isBlank() ? null : parse(acceptTokensUntil);
    }

    private static Instant parse(String text) {
        try {
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            // Without the cause, which Boot would print instead of the sentence.
            throw new IllegalArgumentException("portcullis.migration.accept-tokens-until: " + text
                    + " (expected: a date such as 2027-01-31, or a time such as 2027-01-31T00:00:00Z)");
        }
    }
}
