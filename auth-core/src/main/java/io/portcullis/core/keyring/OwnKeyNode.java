package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.KeyRing;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** This node among those that run: its row, and whether the others accept a key. Errors of all calls: {@code UNAVAILABLE}. */
final class OwnKeyNode {
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** A node that does not run any more is remembered for this long. */
    static final Duration FORGET = Duration.ofHours(1);

    private final KeyRingRepository repository;
    private final String id;
    private volatile String name = "starting";

    /** @param id a new id for this start of the node */
    OwnKeyNode(KeyRingRepository repository, String id) {
        this.repository = repository;
        this.id = id;
    }

    String id() {
        return id;
    }

    void rename(String nodeName) {
        name = nodeName;
    }

    /** Writes the row of this node; needs a transaction. */
    Mono<Void> save(KeyRing ring) {
        return repository.saveNode(new KeyNode(
                id,
                name,
                ring.signerId().orElse(null),
                ring.verifying(),
                ring.elsewhere(),
                ring.dropped(),
                Duration.ZERO,
                false));
    }

    /** Says in the row that this node has stopped, so that no other waits for it; needs a transaction. */
    Mono<Void> stop() {
        return repository.stopNode(id);
    }

    /** Completes when each other node that runs accepts the key. */
    Mono<Void> awaitOthers(KeyId key) {
        return repository
                .findNodes(KeyNode.LIVE)
                .all(node -> isAcceptedBy(node, key))
                .repeatWhen(runs -> runs.takeWhile(known -> true).concatMap(run -> Mono.delay(PAUSE)))
                .takeUntil(known -> known)
                .then();
    }

    /** Returns whether all other nodes of the list that run accept the key. */
    boolean othersAccept(List<KeyNode> nodes, KeyId key) {
        return nodes.stream().allMatch(node -> isAcceptedBy(node, key));
    }

    private boolean isAcceptedBy(KeyNode node, KeyId key) {
        return node.id().equals(id) || !node.isLive() || node.accepts(key);
    }
}
