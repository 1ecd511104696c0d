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
 * How values stand in columns. Times are {@code DATETIME(3)} in UTC and travel as {@code LocalDateTime}, so neither the driver
 * nor the server converts them; they are cut to milliseconds here because the server would round them up.
 */
final class ColumnValues {
    private static final int ID_LENGTH = 36;

    private ColumnValues() {}

    static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC);
    }

    /** A time that may be null, as a parameter. */
    static Parameter utcOrNull(@Nullable Instant instant) {
        return instant == null ? Parameters.in(LocalDateTime.class) : Parameters.in(utc(instant));
    }

    /** A text that may be null, as a parameter. */
    static Parameter textOrNull(@Nullable String text) {
        return text == null ? Parameters.in(String.class) : Parameters.in(text);
    }

    /** An enum's name that may be null, as a parameter. */
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

    /** The names in comma-separated text. */
    static Set<String> split(String csv) {
        return Arrays.stream(csv.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The names as comma-separated text.
     *
     * @throws PortcullisException {@code BAD_REQUEST} for a name with a comma, which would come back as two
     */
    static String join(Set<String> names) {
        for (String name : names) {
            if (name.indexOf(',') >= 0) {
                throw PortcullisException.of(ErrorCode.BAD_REQUEST, "name: " + name + " (expected: no comma)");
            }
        }
        return names.stream().sorted().collect(Collectors.joining(","));
    }

    /** Cut to what the column holds. */
    static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }

    /** Whether an id column can hold it. Other text, compared with an ascii column, would be an error of the server. */
    static boolean isId(String text) {
        return text.length() <= ID_LENGTH && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
