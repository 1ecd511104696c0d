package io.portcullis.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds a short sequence that still fails, by leaving out parts of a sequence that failed. */
public final class Shrinking {
    private final int maxRuns;
    private int runs;

    private Shrinking(int maxRuns) {
        this.maxRuns = maxRuns;
    }

    /**
     * Returns a part of {@code failing}, in its order, that fails too, and from which no single element can be left out, unless the runs were
     * used up before.
     *
     * @param fails whether a sequence fails; true for {@code failing}
     */
    public static <T> List<T> shrink(List<T> failing, int maxRuns, Predicate<List<T>> fails) {
        return new Shrinking(maxRuns).shrink(failing, fails);
    }

    private <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails) {
        List<T> shortest = failing;
        int part = Math.max(1, failing.size() / 2);
        while (runs < maxRuns) {
            List<T> shorter = withoutParts(shortest, part, fails);
            if (part == 1 && shorter.size() == shortest.size()) {
                break;
            }
            shortest = shorter;
            part = Math.max(1, part / 2);
        }
        return shortest;
    }

    /** Leaves out each part of this size without which the sequence fails, the last part first. */
    private <T> List<T> withoutParts(List<T> failing, int part, Predicate<List<T>> fails) {
        List<T> shortest = failing;
        for (int end = failing.size(); end > 0 && runs < maxRuns; end -= part) {
            List<T> shorter = new ArrayList<>(shortest.subList(0, Math.max(0, end - part)));
            shorter.addAll(shortest.subList(end, shortest.size()));
            runs++;
            if (fails.test(shorter)) {
                shortest = shorter;
            }
        }
        return shortest;
    }
}
