package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: stores the keys that sign tokens, their states, and what each node knows of them, in MySQL. Every error is {@code UNAVAILABLE}. */
public interface KeyRingRepository {

    /** Emits the keys; of those with the same state, the one that got it last comes first. */
    Flux<StoredKey> findKeys();

    /** Emits the nodes, also stopped ones, that have been silent for less than {@code silence}, by the database's clock. */
    Flux<KeyNode> findNodes(Duration silence);

    /** Writes the row of a node, whose silence ends. */
    Mono<Void> saveNode(KeyNode node);

    /** Records that a node stops. */
    Mono<Void> stopNode(String id);

    /** Removes the rows of nodes that have been silent for longer than {@code silence}. */
    Mono<Void> removeNodes(Duration silence);

    /** Waits until no other transaction holds this lock, and holds it until the surrounding transaction ends. */
    Mono<Void> lock();

    /** Adds a pending key. */
    Mono<Void> insert(KeyId id, String secret);

    /** Makes a pending key active. Does nothing if it is in another state. */
    Mono<Void> activate(KeyId id);

    /** Makes a key dropped. Adds a row without a secret if there is none. */
    Mono<Void> drop(KeyId id);

    /** Removes the active keys that were replaced by another more than {@code age} ago. */
    Mono<Void> removeReplaced(Duration age);

    /** Emits the number of live sessions by the key of their refresh token; empty stands for those of which the key is not known. */
    Mono<Map<Optional<KeyId>, Long>> countSessions();

    /** Emits the ids of at most {@code limit} live sessions whose refresh token this key signed. */
    Flux<String> findSessions(KeyId id, int limit);
}
