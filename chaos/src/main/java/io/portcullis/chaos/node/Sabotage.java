package io.portcullis.chaos.node;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The property that an experiment breaks, to prove that the checker detects it. */
public enum Sabotage {
    /** Revoking deletes the entry in Redis instead of putting a tombstone there. */
    TOMBSTONE_DELETE,
    /** The session's row is read without {@code FOR UPDATE}. */
    NO_ROW_LOCK,
    /** The entry of a token overwrites any entry in Redis. */
    FILL_WITHOUT_NX,
    /** The ledger appears empty: nothing is replayed, and a fill finds no revocation. */
    LEDGER_OFF,
    /** No node tells another one of the end of a session, and none reads ends from MySQL. */
    NO_PUBLISH_NO_LEDGER;

    /** Returns the name on the command line, such as {@code tombstone-delete}. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the sabotage of a name on the command line.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static Sabotage of(String argument) {
        return Arrays.stream(values())
                .filter(value -> value.argument().equals(argument))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sabotage: " + argument + " (expected: "
                        + Arrays.stream(values()).map(Sabotage::argument).collect(Collectors.joining(", ")) + ")"));
    }
}
