package io.portcullis.gateway.endpoint;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The distinct texts of a token's form that a {@link TokenScanner} has found, at most a hundred. Also limits how often texts are found,
 * because each find costs as much as the length of a token, and a text of prefixes has a find every few characters.
 */
final class FoundTokens {
    private static final int MAX = 100;
    /** Each of the hundred may be found in each of about ten readings, and twice in a text. */
    private static final int MAX_FINDS = 2_000;

    private final Set<String> tokens = new LinkedHashSet<>();
    private int finds;
    private boolean overflows;

    /** Adds a part of a run. Does nothing once there have been too many. */
    void add(StringBuilder run, int start, int end) {
        if (overflows) {
            return;
        }
        finds++;
        String text = run.substring(start, end);
        if (tokens.size() < MAX) {
            tokens.add(text);
        } else {
            overflows = !tokens.contains(text);
        }
        overflows |= finds == MAX_FINDS;
    }

    /** Returns how many texts were compared with those found before. */
    int finds() {
        return finds;
    }

    /** Returns the texts in the order of their appearance. */
    List<String> tokens() {
        return List.copyOf(tokens);
    }

    /** Returns whether there were more than a hundred distinct texts, or 2,000 finds. Those after that point are not kept. */
    boolean overflows() {
        return overflows;
    }
}
