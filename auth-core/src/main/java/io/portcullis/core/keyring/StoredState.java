package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What MySQL has about the keys.
 *
 * @param keys the keys, the one that got its state last first
 * @param first the secret that the first node made
 * @param nodes the nodes that run, and those that ran in the last hour
 */
record StoredState(List<StoredKey> keys, Optional<byte[]> first, List<KeyNode> nodes) {
    private Set<KeyId> ids(KeyState state) {
        return keys.stream()
                .filter(key -> key.state() == state)
                .map(StoredKey::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    Set<KeyId> dropped() {
        return ids(KeyState.DROPPED);
    }

    Set<KeyId> pending() {
        return ids(KeyState.PENDING);
    }

    /** Returns the secrets in the order of the ring: the key that became active last comes first, a pending one last. */
    List<byte[]> secrets(SecretBox box) {
        List<byte[]> secrets = new ArrayList<>(secrets(KeyState.ACTIVE, box));
        first.ifPresent(secrets::add);
        secrets.addAll(secrets(KeyState.PENDING, box));
        // A logout with a token of a dropped key verifies it.
        secrets.addAll(secrets(KeyState.DROPPED, box));
        return secrets;
    }

    private List<byte[]> secrets(KeyState state, SecretBox box) {
        List<byte[]> secrets = new ArrayList<>();
        for (StoredKey key : keys) {
            String sealed = key.secret();
            byte[] secret = key.state() == state && sealed != null ? box.open(key.id(), sealed) : null;
            if (secret != null) {
                secrets.add(secret);
            }
        }
        return secrets;
    }

    /** Returns the keys that other nodes have. */
    Set<KeyId> verifiedBesides(String node) {
        Set<KeyId> verified = new HashSet<>();
        nodes.stream().filter(other -> !other.id().equals(node)).forEach(other -> verified.addAll(other.verifies()));
        return verified;
    }
}
