package io.portcullis.core.token.use;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Port: stores token uses in MySQL. Every error is {@code UNAVAILABLE}. */
public interface TokenUseRepository {

    /**
     * Inserts the uses, and extends those that have a row already: the earlier of the first times and the later of the last times
     * stay, in whatever order the nodes write. Call it in a transaction, with the uses in the order of their keys.
     */
    Mono<Void> save(List<TokenUse> uses);

    /** Emits those of the sessions that have {@code max} rows or more that end at {@code since} or later. */
    Mono<Set<String>> findFull(Collection<String> sessionIds, Instant since, int max);

    /** Emits the keys of the sessions' rows that end at {@code since} or later. */
    Mono<Set<TokenUse.Key>> findKeys(Collection<String> sessionIds, Instant since);

    /**
     * Updates the last time and address of the live sessions among these, except for those whose last time is later already. Emits the
     * ids of the sessions that another transaction has locked, which stay as they are: this method waits for no lock, so that it neither
     * delays nor deadlocks with the end of a session. Call it in a transaction.
     */
    Mono<Set<String>> updateSessions(List<SessionSighting> sightings);

    /** Emits one page of the matching uses, those with the latest end first. */
    Mono<Page<TokenUse>> page(TokenUseFilter filter, PageRequest request);
}
