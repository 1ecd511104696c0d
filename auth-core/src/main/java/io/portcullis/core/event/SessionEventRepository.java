package io.portcullis.core.event;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import reactor.core.publisher.Mono;

/** Port: the undelivered events, for administrators. Every error is {@code UNAVAILABLE}, except those of a page. */
public interface SessionEventRepository {

    /** Emits one page of the undelivered events that match the filter, the newest first. */
    Mono<Page<UndeliveredEvent>> page(SessionEventFilter filter, PageRequest request);

    /**
     * Makes a dead event pending again, due at once and without failed attempts. Emits whether there was a dead event with the id in the scope. Call it
     * in a transaction.
     */
    Mono<Boolean> redeliver(String id, TenantScope tenants);
}
