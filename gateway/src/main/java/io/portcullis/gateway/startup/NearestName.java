package io.portcullis.gateway.startup;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known name that a misspelt one was probably meant to be. */
public final class NearestName {
    private NearestName() {}

    /** The known name with the fewest edits, or empty when all differ in more than a third of their letters. */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(each -> edits(name, each)))
                .filter(nearest -> edits(name, nearest) <= Math.max(2, nearest.length() / 3));
    }

    /** The Levenshtein distance: how many letters to insert, delete or replace. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
