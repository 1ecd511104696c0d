package io.portcullis.gateway.admin;

import io.portcullis.core.account.TenantIds;
import io.portcullis.core.account.TenantScope;
import io.portcullis.gateway.endpoint.RequestFields;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Converts the query parameters that filter a page. A missing or blank parameter yields {@code null}, which does not filter. */
final class QueryParameters {
    private static final int MAX_DIGITS = 18;
    private static final int MAX_USERNAME = 128;
    private static final int MAX_USER_ID = 64;
    private static final int MAX_SESSION_ID = 36;
    private static final int MAX_DEVICE = 64;
    private static final String EPOCH_MILLIS = "epoch milliseconds, in digits alone";

    private QueryParameters() {}

    static @Nullable String text(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Returns a text that is compared with a column of {@code max} characters. Throws {@code BAD_REQUEST} if it is longer. */
    static @Nullable String text(String name, @Nullable String value, int max) {
        String text = text(value);
        if (text != null && text.codePointCount(0, text.length()) > max) {
            throw RequestFields.invalidField(name, "at most " + max + " characters");
        }
        return text;
    }

    static @Nullable String username(@Nullable String value) {
        return text("username", value, MAX_USERNAME);
    }

    static @Nullable String userId(@Nullable String value) {
        return text("userId", value, MAX_USER_ID);
    }

    /** Returns the part of the scope that is in the tenant; without a tenant, the whole scope. */
    static TenantScope tenant(@Nullable String value, TenantScope tenants) {
        return tenants.within(text("tenantId", value, TenantIds.MAX_LENGTH));
    }

    static @Nullable String device(@Nullable String value) {
        return text("device", value, MAX_DEVICE);
    }

    /** Returns the id of a session: at most 36 printable characters of ASCII. */
    static @Nullable String sessionId(@Nullable String value) {
        String text = text("sessionId", value, MAX_SESSION_ID);
        if (text != null && !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw RequestFields.invalidField("sessionId", "the id of a session");
        }
        return text;
    }

    /** A number is written in the digits 0 to 9 alone: no sign, no other base, no digits of another script. */
    static @Nullable Long number(String name, @Nullable String value, String expected) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.length() > MAX_DIGITS || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw RequestFields.invalidField(name, expected);
        }
        return Long.valueOf(value);
    }

    static @Nullable Instant instant(String name, @Nullable String value) {
        Long epochMillis = number(name, value, EPOCH_MILLIS);
        if (epochMillis == null) {
            return null;
        }
        // The year 9999 is the end of the range of MySQL's DATETIME.
        if (epochMillis > 253_402_300_799_999L) {
            throw RequestFields.invalidField(name, EPOCH_MILLIS);
        }
        return Instant.ofEpochMilli(epochMillis);
    }

    static <E extends Enum<E>> @Nullable E word(String name, @Nullable String value, Class<E> type) {
        return word(name, value, List.of(type.getEnumConstants()), Enum::name);
    }

    /**
     * Returns the constant whose lower-case name is the value, in any case and with {@code -} for {@code _}. Throws
     * {@code BAD_REQUEST} with the possible words for any other value.
     */
    static <T> @Nullable T word(String name, @Nullable String value, List<T> constants, Function<T, String> nameOf) {
        String text = text(value);
        if (text == null) {
            return null;
        }
        String word = text.toLowerCase(Locale.ROOT).replace('-', '_');
        return constants.stream()
                .filter(constant -> word(nameOf.apply(constant)).equals(word))
                .findFirst()
                .orElseThrow(() -> RequestFields.invalidField(
                        name,
                        constants.stream()
                                .map(constant -> word(nameOf.apply(constant)))
                                .toList()
                                .toString()));
    }

    /** Returns the lower-case form of an enum constant's name, as requests and responses have it. */
    static String word(String constantName) {
        return constantName.toLowerCase(Locale.ROOT);
    }
}
