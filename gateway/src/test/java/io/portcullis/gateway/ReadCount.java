package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Counts how often a parser reads a character of a text. The count measures work independently of the machine's load. */
public final class ReadCount implements CharSequence {
    private static final int SIZE = 4_000;
    /** The number of reads per character for a parser that searches the separators first. */
    private static final int READS_PER_CHARACTER = 20;

    private final String text;
    private long reads;

    private ReadCount(String text) {
        this.text = text;
    }

    /** Checks that a parser reads a text of twice the size at most a little more than twice as often. */
    public static void assertLinear(IntFunction<String> ofSize, Consumer<CharSequence> parser) {
        long once = reads(ofSize.apply(SIZE), parser);
        long twice = reads(ofSize.apply(2 * SIZE), parser);

        assertThat(once).isLessThanOrEqualTo((long) READS_PER_CHARACTER * SIZE);
        assertThat(twice).isLessThanOrEqualTo(2 * once + SIZE / 100);
    }

    private static long reads(String text, Consumer<CharSequence> parser) {
        ReadCount counted = new ReadCount(text);
        parser.accept(counted);
        return counted.reads;
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        reads++;
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        reads += end - start;
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        reads += text.length();
        return text;
    }
}
