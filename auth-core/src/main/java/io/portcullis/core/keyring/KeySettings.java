package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The configured keys of this node. The ring has {@code before}, then the stored keys, then {@code after}.
 *
 * @param before the secrets before the stored keys; if there is one, the first signs
 * @param after the secrets behind the stored keys
 * @param needsStored whether this node makes a stored key if there is none
 * @param encryptionKeys the keys under which stored keys are encrypted, 32 bytes each; the first encrypts, all decrypt
 * @param compromised the keys that this node refuses, and drops for all nodes when it serves
 */
public record KeySettings(
        List<byte[]> before,
        List<byte[]> after,
        boolean needsStored,
        List<byte[]> encryptionKeys,
        Set<KeyId> compromised) {
    /** The length of an encryption key. */
    public static final int ENCRYPTION_KEY_BYTES = 32;

    public KeySettings {
        before = List.copyOf(before);
        after = List.copyOf(after);
        encryptionKeys = List.copyOf(encryptionKeys);
        compromised = Set.copyOf(compromised);
    }

    /** Returns whether a stored key signs, if there is one. */
    boolean storedSigns() {
        return before.isEmpty();
    }

    /**
     * Returns whether another node may sign with a key that this node does not know yet, by the settings of this node: keys are configured,
     * or an administrator can make them. Otherwise all nodes have the key that the first one made, and a token of another key is forged.
     */
    boolean mayGrow() {
        return !before.isEmpty() || !after.isEmpty() || !encryptionKeys.isEmpty();
    }

    /** Returns all secrets in the order of the ring, each once. */
    public List<byte[]> order(List<byte[]> stored) {
        List<byte[]> all = new ArrayList<>();
        for (List<byte[]> part : List.of(before, stored, after)) {
            for (byte[] secret : part) {
                if (all.stream().noneMatch(present -> Arrays.equals(present, secret))) {
                    all.add(secret);
                }
            }
        }
        return all;
    }

    @Override
    public String toString() {
        return "KeySettings[before=" + before.size() + ", after=" + after.size() + ", encryptionKeys="
                + encryptionKeys.size() + ", compromised=" + compromised + "]";
    }
}
