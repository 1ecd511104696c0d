package io.portcullis.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a property with many texts: examples, and what becomes of them by random changes with characters and fragments that have a meaning
 * to the code under test. A text that breaks the property is shrunk.
 *
 * <p>{@code -Dfuzz.runs} changes the number of texts, {@code -Dfuzz.seed} repeats a run.
 */
public final class RandomTexts {
    private static final int RUNS = Integer.getInteger("fuzz.runs", 5_000);
    private static final int MAX_CHANGES = 5;
    private static final int MAX_RANGE = 12;
    private static final int MAX_SHRINKING_RUNS = 2_000;
    private static final int CHARACTERS = 256;

    private final List<String> examples;
    private final List<String> fragments;

    private RandomTexts(List<String> examples, List<String> fragments) {
        this.examples = examples;
        this.fragments = fragments;
    }

    /** Begins with these examples, of which there must be one at least. */
    public static RandomTexts like(String... examples) {
        return new RandomTexts(List.of(examples), List.of(examples));
    }

    /** Also inserts these fragments. */
    public RandomTexts with(String... more) {
        List<String> all = new ArrayList<>(fragments);
        all.addAll(List.of(more));
        return new RandomTexts(examples, all);
    }

    /**
     * Checks the property with each example and with many changed ones.
     *
     * @throws AssertionError with the seed, and the shortest text that was found, if the property throws
     */
    public void check(Consumer<String> property) {
        examples.forEach(example -> check(example, 0, property));
        long first = Long.getLong("fuzz.seed", System.nanoTime());
        for (long seed = first; seed < first + RUNS; seed++) {
            check(any(new Random(seed)), seed, property);
        }
    }

    private static void check(String text, long seed, Consumer<String> property) {
        if (failure(text, property) != null) {
            String shortest = join(Shrinking.shrink(
                    text.chars().boxed().toList(),
                    MAX_SHRINKING_RUNS,
                    shorter -> failure(join(shorter), property) != null));
            throw new AssertionError(
                    "-Dfuzz.seed=%d -Dfuzz.runs=1: \"%s\"".formatted(seed, escaped(shortest)),
                    failure(shortest, property));
        }
    }

    private static @Nullable Throwable failure(String text, Consumer<String> property) {
        try {
            property.accept(text);
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }

    private static String join(List<Integer> characters) {
        StringBuilder text = new StringBuilder();
        characters.forEach(c -> text.append((char) (int) c));
        return text.toString();
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars()
                .forEach(c -> escaped.append(
                        c < ' ' || c > '~' || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : "" + (char) c));
        return escaped.toString();
    }

    private String any(Random random) {
        return changed(examples.get(random.nextInt(examples.size())), random);
    }

    /** Returns the text with up to five random changes. */
    public String changed(String text, Random random) {
        String changed = text;
        for (int changes = 1 + random.nextInt(MAX_CHANGES); changes > 0; changes--) {
            changed = change(changed, random);
        }
        return changed;
    }

    private String change(String text, Random random) {
        int from = position(text, random);
        int to = Math.min(text.length(), from + random.nextInt(MAX_RANGE));
        return switch (random.nextInt(8)) {
            case 0 -> text.substring(0, from) + text.substring(to);
            case 1 -> text.substring(0, to) + text.substring(from);
            case 2 -> text.substring(0, from) + (char) random.nextInt(CHARACTERS) + text.substring(to);
            case 3 -> text.substring(0, from) + (char) random.nextInt(CHARACTERS) + text.substring(from);
            case 4 -> text.substring(0, from) + flipped(text.substring(from, to)) + text.substring(to);
            case 5 -> text.substring(0, from) + fragment(random) + text.substring(to);
            default -> text.substring(0, from) + fragment(random) + text.substring(from);
        };
    }

    private String fragment(Random random) {
        return fragments.get(random.nextInt(fragments.size()));
    }

    /** Changes the case of each letter. */
    private static String flipped(String text) {
        StringBuilder flipped = new StringBuilder();
        text.chars()
                .forEach(c -> flipped.append(
                        (char) (Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))));
        return flipped.toString();
    }

    /** Half of the positions are the beginning of a line, or of the text. */
    private static int position(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        return random.nextBoolean() || text.indexOf('\n') < 0 ? at : text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
    }
}
