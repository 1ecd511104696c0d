package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.Fields;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the query parameters that pages are filtered by; a blank one filters nothing. */
final class Filters {
    private Filters() {}

    static @Nullable String text(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    static @Nullable Instant instant(String name, @Nullable Long epochMillis) {
        if (epochMillis == null) {
            return null;
        }
        // Beyond the year 9999 no database follows.
        if (epochMillis < 0 || epochMillis > 253_402_300_799_999L) {
            throw Fields.refused(name, "epoch milliseconds");
        }
        return Instant.ofEpochMilli(epochMillis);
    }

    static <E extends Enum<E>> @Nullable E word(String name, @Nullable String value, Class<E> type) {
        String text = text(value);
        if (text == null) {
            return null;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant ->
                        word(constant).equals(text.toLowerCase(Locale.ROOT).replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> Fields.refused(
                        name,
                        Arrays.stream(type.getEnumConstants())
                                .map(Filters::word)
                                .toList()
                                .toString()));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
