package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Represents a row of the table {@code token_key_node}: what a node knows of the keys.
 *
 * @param id a new id for each start of the node
 * @param name the name of the node, at most 64 ASCII characters
 * @param signer the key with which the node signs; null if it signs with none
 * @param verifies the keys that the node has
 * @param elsewhere the keys of which the node knows that another node has them
 * @param dropped the keys whose tokens the node refuses
 * @param silence for how long the node has not written its row
 * @param stopped whether the node has said that it stops
 */
public record KeyNode(
        String id,
        String name,
        @Nullable KeyId signer,
        Set<KeyId> verifies,
        Set<KeyId> elsewhere,
        Set<KeyId> dropped,
        Duration silence,
        boolean stopped) {
    /** A node that has been silent for this long does not run any more, or reaches MySQL no more. */
    static final Duration LIVE = Duration.ofSeconds(10);

    /** Returns whether the node accepts tokens of this key. */
    boolean accepts(KeyId key) {
        return verifies.contains(key) || elsewhere.contains(key);
    }

    /** Returns whether the node runs and reaches MySQL. */
    public boolean isLive() {
        return !stopped && silence.compareTo(LIVE) < 0;
    }
}
