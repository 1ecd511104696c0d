package io.portcullis.gateway.endpoint;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The distinct texts of a token's form that a {@link TokenScanner} has found, at most a hundred. */
final class FoundTokens {
    private static final int MAX = 100;

    private final Set<String> tokens = new LinkedHashSet<>();
    private boolean overflows;

    void add(String text) {
        if (tokens.size() < MAX) {
            tokens.add(text);
        } else {
            overflows |= !tokens.contains(text);
        }
    }

    /** Returns the texts in the order of their appearance. */
    List<String> tokens() {
        return List.copyOf(tokens);
    }

    /** Returns whether more than a hundred texts were found, of which only the first hundred are kept. */
    boolean overflows() {
        return overflows;
    }
}
