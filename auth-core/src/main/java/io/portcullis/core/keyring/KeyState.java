package io.portcullis.core.keyring;

/** The state of a key in MySQL. MySQL stores the constant's name, so no constant may be renamed. */
public enum KeyState {
    /** The key verifies on each node that has read it, and signs nowhere yet. */
    PENDING,
    /** The key verifies. The one that became active last signs, where stored keys sign. */
    ACTIVE,
    /** The tokens of the key are refused, for ever. */
    DROPPED;

    /** Returns the state with this name. A name of a later release yields {@code PENDING}: the key verifies, if it has a secret. */
    public static KeyState ofName(String name) {
        for (KeyState state : values()) {
            if (state.name().equals(name)) {
                return state;
            }
        }
        return PENDING;
    }
}
