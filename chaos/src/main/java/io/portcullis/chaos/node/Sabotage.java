package io.portcullis.chaos.node;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an experiment breaks, to see whether the checker notices. */
public enum Sabotage {
    /** Revoking deletes the entry in Redis instead of putting a tombstone there. */
    TOMBSTONE_DELETE,
    /** The session's row is read without {@code FOR UPDATE}. */
    NO_ROW_LOCK,
    /** The entry of a token is written over whatever Redis has. */
    FILL_WITHOUT_NX,
    /** The ledger seems empty: nothing is replayed, and a fill finds no revocation. */
    LEDGER_OFF;

    /** As in {@code tombstone-delete}. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Sabotage of(String argument) {
        return Arrays.stream(values())
                .filter(value -> value.argument().equals(argument))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sabotage: " + argument + " (expected: "
                        + Arrays.stream(values()).map(Sabotage::argument).collect(Collectors.joining(", ")) + ")"));
    }
}
