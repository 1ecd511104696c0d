package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.RequestFields;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the query parameters that pages are filtered by; a blank one filters nothing. */
final class QueryParameters {
    private QueryParameters() {}

    static @Nullable String text(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    static @Nullable Instant instant(String name, @Nullable Long epochMillis) {
        if (epochMillis == null) {
            return null;
        }
        // Beyond the year 9999 no database follows.
        if (epochMillis < 0 || epochMillis > 253_402_300_799_999L) {
            throw RequestFields.refused(name, "epoch milliseconds");
        }
        return Instant.ofEpochMilli(epochMillis);
    }

    static <E extends Enum<E>> @Nullable E word(String name, @Nullable String value, Class<E> type) {
        return word(name, value, List.of(type.getEnumConstants()), Enum::name);
    }

    /** The constant whose word the value is. */
    static <T> @Nullable T word(String name, @Nullable String value, List<T> constants, Function<T, String> nameOf) {
        String text = text(value);
        if (text == null) {
            return null;
        }
        String word = text.toLowerCase(Locale.ROOT).replace('-', '_');
        return constants.stream()
                .filter(constant -> word(nameOf.apply(constant)).equals(word))
                .findFirst()
                .orElseThrow(() -> RequestFields.refused(
                        name,
                        constants.stream()
                                .map(constant -> word(nameOf.apply(constant)))
                                .toList()
                                .toString()));
    }

    static String word(String constantName) {
        return constantName.toLowerCase(Locale.ROOT);
    }
}
