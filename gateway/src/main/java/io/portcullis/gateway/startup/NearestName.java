package io.portcullis.gateway.startup;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known name that is most similar to a misspelt one, for the suggestions of error messages. */
public final class NearestName {
    private NearestName() {}

    /**
     * Returns the known name with the smallest edit distance, the alphabetically first of several. Empty if the distance is above
     * 2 and above a third of that name's length.
     */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(each -> edits(name, each)))
                .filter(nearest -> edits(name, nearest) <= Math.max(2, nearest.length() / 3));
    }

    /** Returns the Levenshtein distance: the number of letters to insert, delete or replace. */
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
