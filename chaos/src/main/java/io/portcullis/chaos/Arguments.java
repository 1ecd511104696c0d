package io.portcullis.chaos;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Parses a command line of pairs {@code --name value}. The message of each failure states the expected value. */
final class Arguments {
    private final Map<String, String> values = new HashMap<>();

    private Arguments() {}

    /**
     * Splits a command line into pairs.
     *
     * @param known the known names, without dashes
     * @param usage the usage text, appended to the message about an unknown name
     * @throws IllegalArgumentException if a name is unknown, is repeated, or has no value
     */
    static Arguments of(Set<String> known, String usage, String... commandLine) {
        Arguments arguments = new Arguments();
        for (int i = 0; i < commandLine.length; i += 2) {
            String name = commandLine[i].replaceFirst("^--", "");
            if (!known.contains(name) || i + 1 == commandLine.length) {
                throw new IllegalArgumentException(
                        commandLine[i] + ": unknown, or without a value. Expected:\n" + usage);
            }
            if (arguments.values.put(name, commandLine[i + 1]) != null) {
                throw new IllegalArgumentException("--" + name + ": given twice (expected: once)");
            }
        }
        return arguments;
    }

    /** Returns the value as given, empty if there is none. */
    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns a whole number above 0. */
    int number(String name, int otherwise) {
        try {
            int number = value(name).map(Integer::parseInt).orElse(otherwise);
            if (number < 1) {
                throw rejected(name, "a whole number above 0");
            }
            return number;
        } catch (NumberFormatException e) {
            throw rejected(name, "a whole number above 0");
        }
    }

    /** Returns a whole number, or a random one if none is given. */
    long seed(String name) {
        try {
            return value(name).map(Long::parseLong).orElseGet(() ->
                    (long) ThreadLocalRandom.current().nextInt(1, 1_000_000_000));
        } catch (NumberFormatException e) {
            throw rejected(name, "a whole number");
        }
    }

    /** Returns a duration above 0. The value needs a unit, as in {@code 90s}. */
    Duration duration(String name, String otherwise) {
        try {
            Duration duration = Duration.parse("PT" + value(name).orElse(otherwise));
            if (duration.isNegative() || duration.isZero()) {
                throw rejected(name, "a duration above 0");
            }
            return duration;
        } catch (DateTimeParseException e) {
            throw rejected(name, "a duration with its unit, such as 90s or 30m");
        }
    }

    /** Returns one of the given words. The first word is the default. */
    String choice(String name, String... words) {
        String word = value(name).orElse(words[0]);
        if (!List.of(words).contains(word)) {
            throw rejected(name, "one of " + String.join(", ", words));
        }
        return word;
    }

    private IllegalArgumentException rejected(String name, String expected) {
        return new IllegalArgumentException(
                "--%s: %s (expected: %s)".formatted(name, values.getOrDefault(name, ""), expected));
    }
}
