package io.portcullis.core.client;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import reactor.core.publisher.Mono;

/** Port: stores the clients that administrators made. Every error is {@code UNAVAILABLE} unless a method says otherwise. */
public interface ClientRepository {
    /** Emits the client, enabled or not; empty when there is none. */
    Mono<RegisteredClient> find(String id);

    /** Emits the client as {@link #find} and locks its row in share mode until the surrounding transaction ends. */
    Mono<RegisteredClient> findForShare(String id);

    /** Emits the client as {@link #find} and locks its row until the surrounding transaction ends. */
    Mono<RegisteredClient> findForUpdate(String id);

    /** Inserts a client. Fails with {@code CONFLICT} if the id exists. */
    Mono<Void> insert(RegisteredClient client);

    /** Replaces all values of the client with this id, but for the time of its creation. */
    Mono<Void> update(RegisteredClient client);

    /** Deletes the client. */
    Mono<Void> delete(String id);

    /** Emits one page of the clients, newest first. */
    Mono<Page<RegisteredClient>> page(PageRequest request);
}
