package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign tokens, and what the nodes know of them. Has no secrets.
 *
 * @param keys all keys, by id
 * @param nodes the nodes that run, and those that fell silent in the last hour without saying that they stop
 * @param unknownSessions the number of live sessions of which the key is not known
 */
public record TokenKeyReport(List<Key> keys, List<KeyNode> nodes, long unknownSessions) {
    /** What a key does on the nodes that run. */
    public enum Use {
        /** A node signs with it. */
        SIGNING,
        /** A node verifies with it, and none signs with it. */
        VERIFYING,
        /** It will sign when all nodes accept its tokens. */
        PENDING,
        /** Its tokens are refused. */
        DROPPED,
        /** Live sessions have its tokens, and no node has it. */
        MISSING
    }

    /**
     * @param stored whether MySQL has its secret
     * @param since when it got its state; null for a configured key and for the one that the first node made
     * @param sessions the number of live sessions whose refresh token it signed
     */
    public record Key(
            KeyId id, Use use, boolean stored, @Nullable Instant since, long sessions) {}

    static TokenKeyReport of(
            Optional<KeyId> first, List<StoredKey> stored, List<KeyNode> nodes, Map<Optional<KeyId>, Long> sessions) {
        Set<KeyId> ids = new TreeSet<>();
        first.ifPresent(ids::add);
        stored.forEach(key -> ids.add(key.id()));
        nodes.forEach(node -> ids.addAll(node.verifies()));
        sessions.keySet().forEach(id -> id.ifPresent(ids::add));
        List<Key> keys = new ArrayList<>();
        for (KeyId id : ids) {
            StoredKey row = stored.stream()
                    .filter(key -> key.id().equals(id))
                    .findFirst()
                    .orElse(null);
            keys.add(new Key(
                    id,
                    use(id, row, nodes),
                    (row != null && row.secret() != null)
                            || first.filter(id::equals).isPresent(),
                    row == null ? null : row.changedAt(),
                    sessions.getOrDefault(Optional.of(id), 0L)));
        }
        return new TokenKeyReport(keys, nodes, sessions.getOrDefault(Optional.<KeyId>empty(), 0L));
    }

    private static Use use(KeyId id, @Nullable StoredKey row, List<KeyNode> nodes) {
        if (row != null && row.state() == KeyState.DROPPED) {
            return Use.DROPPED;
        }
        if (row != null && row.state() == KeyState.PENDING) {
            return Use.PENDING;
        }
        List<KeyNode> live = nodes.stream().filter(KeyNode::isLive).toList();
        if (live.stream().anyMatch(node -> id.equals(node.signer()))) {
            return Use.SIGNING;
        }
        return live.stream().anyMatch(node -> node.verifies().contains(id)) ? Use.VERIFYING : Use.MISSING;
    }

    boolean has(KeyId id) {
        return keys.stream().anyMatch(key -> key.id().equals(id));
    }

    /** Returns whether the key signs, and no node that runs and reaches MySQL signs with another stored key. */
    boolean signs(KeyId id) {
        return keys.stream().anyMatch(key -> key.id().equals(id) && key.use() == Use.SIGNING)
                && keys.stream()
                        .noneMatch(key -> key.stored()
                                && key.use() == Use.SIGNING
                                && !key.id().equals(id));
    }

    /** Returns whether all nodes that run and reach MySQL refuse the tokens of this key. */
    boolean isRefusedByLiveNodes(KeyId id) {
        return nodes.stream()
                .filter(KeyNode::isLive)
                .allMatch(node -> node.dropped().contains(id));
    }

    /**
     * Returns whether all nodes have followed the change of this key: they refuse a dropped one, and have each other one. A silent node may
     * run without MySQL, and is not known to refuse a dropped key.
     */
    public boolean isDone(KeyId id) {
        boolean pending = keys.stream().anyMatch(key -> key.id().equals(id) && key.use() == Use.PENDING);
        boolean dropped = keys.stream().anyMatch(key -> key.id().equals(id) && key.use() == Use.DROPPED);
        return dropped
                ? nodes.stream()
                        .allMatch(node -> node.stopped() || node.dropped().contains(id))
                : !pending
                        && nodes.stream()
                                .filter(KeyNode::isLive)
                                .allMatch(node -> node.verifies().contains(id));
    }
}
