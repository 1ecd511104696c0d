package io.portcullis.testbed;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Parses the command line of a harness, which consists of pairs {@code --name value}. The message of each failure states the
 * expected value.
 */
public final class CommandLine {
    private final Map<String, String> values = new HashMap<>();

    private CommandLine() {}

    /**
     * Splits the words of a command line into pairs.
     *
     * @param known the known names, without dashes
     * @param usage the usage text, appended to the message about an unknown name
     * @throws IllegalArgumentException if a name is unknown, is repeated, or has no value
     */
    public static CommandLine of(Set<String> known, String usage, String... words) {
        CommandLine commandLine = new CommandLine();
        for (int i = 0; i < words.length; i += 2) {
            String name = words[i].replaceFirst("^--", "");
            if (!known.contains(name) || i + 1 == words.length) {
                throw new IllegalArgumentException(words[i] + ": unknown, or without a value. Expected:\n" + usage);
            }
            if (commandLine.values.put(name, words[i + 1]) != null) {
                throw new IllegalArgumentException("--" + name + ": given twice (expected: once)");
            }
        }
        return commandLine;
    }

    /** Returns the value as given, empty if there is none. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns a whole number above 0. */
    public int number(String name, int otherwise) {
        return number(name, otherwise, 1, "a whole number above 0");
    }

    /** Returns a whole number of 0 or more. */
    public int count(String name, int otherwise) {
        return number(name, otherwise, 0, "a whole number of 0 or more");
    }

    private int number(String name, int otherwise, int least, String expected) {
        try {
            int number = value(name).map(Integer::parseInt).orElse(otherwise);
            if (number < least) {
                throw rejected(name, expected);
            }
            return number;
        } catch (NumberFormatException e) {
            throw rejected(name, expected);
        }
    }

    /** Returns a whole number, or a random one if none is given. */
    public long seed(String name) {
        try {
            return value(name).map(Long::parseLong).orElseGet(() ->
                    (long) ThreadLocalRandom.current().nextInt(1, 1_000_000_000));
        } catch (NumberFormatException e) {
            throw rejected(name, "a whole number");
        }
    }

    /** Returns a duration above 0. The value needs a unit, as in {@code 90s}. */
    public Duration duration(String name, String otherwise) {
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
    public String choice(String name, String... words) {
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
