package io.portcullis.core.token.store;

import reactor.core.publisher.Mono;

/** Port: the signing secret that the first node creates in MySQL and all nodes share. Every error is {@code UNAVAILABLE}. */
public interface SigningKeyRepository {
    /** Emits the stored secret; empty if there is none. */
    Mono<byte[]> find();

    /**
     * Emits the stored secret, after storing {@code candidate} if there is none. Concurrent callers all receive the same secret.
     */
    Mono<byte[]> getOrCreate(byte[] candidate);
}
