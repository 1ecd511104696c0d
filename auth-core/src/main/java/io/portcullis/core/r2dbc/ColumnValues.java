package io.portcullis.core.r2dbc;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Converts values to and from columns. Times are {@code DATETIME(3)} in UTC. They are passed as {@code LocalDateTime}, so neither
 * the driver nor the server converts their time zone. They are truncated to milliseconds here, because the server would round
 * them up.
 */
final class ColumnValues {
    private static final int ID_LENGTH = 36;

    private ColumnValues() {}

    static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC);
    }

    /** Returns a time that may be null, as a typed parameter. */
    static Parameter utcOrNull(@Nullable Instant instant) {
        return instant == null ? Parameters.in(LocalDateTime.class) : Parameters.in(utc(instant));
    }

    /** Returns a text that may be null, as a typed parameter. */
    static Parameter textOrNull(@Nullable String text) {
        return text == null ? Parameters.in(String.class) : Parameters.in(text);
    }

    /** Returns the name of an enum constant that may be null, as a typed parameter. */
    static Parameter nameOrNull(@Nullable Enum<?> constant) {
        return textOrNull(constant == null ? null : constant.name());
    }

    static Instant instant(Readable row, String column) {
        return Objects.requireNonNull(instantOrNull(row, column), column);
    }

    static @Nullable Instant instantOrNull(Readable row, String column) {
        LocalDateTime time = row.get(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    static String text(Readable row, String column) {
        return Objects.requireNonNull(textOrNull(row, column), column);
    }

    static @Nullable String textOrNull(Readable row, String column) {
        return row.get(column, String.class);
    }

    static long number(Readable row, String column) {
        return Objects.requireNonNull(row.get(column, Long.class), column);
    }

    static Set<String> set(Readable row, String column) {
        return split(text(row, column));
    }

    /** Splits comma-separated text into names, without surrounding spaces and empty names. */
    static Set<String> split(String csv) {
        return Arrays.stream(csv.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Joins the names into comma-separated text, in alphabetical order.
     *
     * @throws PortcullisException {@code BAD_REQUEST} if a name contains a comma, because it would be read back as two names
     */
    static String join(Set<String> names) {
        for (String name : names) {
            if (name.indexOf(',') >= 0) {
                throw PortcullisException.of(ErrorCode.BAD_REQUEST, "name: " + name + " (expected: no comma)");
            }
        }
        return names.stream().sorted().collect(Collectors.joining(","));
    }

    /** Truncates the text to the length of its column. */
    static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }

    /**
     * Returns whether an id column can hold the text. The server reports an error if other text is compared with an ASCII column.
     */
    static boolean isId(String text) {
        return text.length() <= ID_LENGTH && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
