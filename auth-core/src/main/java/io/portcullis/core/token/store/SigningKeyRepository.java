package io.portcullis.core.token.store;

import reactor.core.publisher.Mono;

/** Port: the key ring that is made once and shared by all nodes, in MySQL. */
public interface SigningKeyRepository {
    /** The kept secret; empty if there is none. */
    Mono<byte[]> find();

    /** The kept secret; if there is none, keeps {@code candidate} first. All nodes get the same one, whoever came first. */
    Mono<byte[]> getOrCreate(byte[] candidate);
}
