package io.portcullis.core.keyring;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.retention.Lease;
import io.portcullis.core.retention.LeaseRepository;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.KeyId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends the sessions whose refresh token is of a dropped key, one node at a time: nobody can use their tokens any more, but their streams are
 * open, and they count as live.
 */
public final class DroppedKeySessions {
    private static final Logger log = LoggerFactory.getLogger(DroppedKeySessions.class);

    private static final String LEASE = "token-keys";
    private static final Duration LEASE_TIME = Duration.ofSeconds(30);
    private static final int BATCH = 100;

    private final Set<KeyId> done = ConcurrentHashMap.newKeySet();
    private final KeyRingRepository repository;
    private final LeaseRepository leases;
    private final SessionTerminator terminator;
    private final Supplier<String> ids;

    /** @param ids creates the ids of the holders of a lease */
    public DroppedKeySessions(
            KeyRingRepository repository, LeaseRepository leases, SessionTerminator terminator, Supplier<String> ids) {
        this.repository = repository;
        this.leases = leases;
        this.terminator = terminator;
        this.ids = ids;
    }

    /**
     * Ends the sessions of those keys of which this node has not yet ended them. Completes when none is left; while another node does the
     * same, waits for it. Never fails: what a store's failure prevented is done by the next call.
     */
    public Mono<Void> end(Set<KeyId> dropped) {
        return Flux.fromIterable(dropped)
                .filter(key -> !done.contains(key))
                .concatMap(key -> end(key).doOnSuccess(nothing -> done.add(key)))
                .then()
                .onErrorResume(PortcullisException.class, failure -> {
                    log.debug("Cannot end the sessions of a dropped token key yet", failure);
                    return Mono.empty();
                });
    }

    private Mono<Void> end(KeyId key) {
        return repository.findSessions(key, 1).hasElements().flatMap(some -> some ? endUnderLease(key) : Mono.empty());
    }

    private Mono<Void> endUnderLease(KeyId key) {
        return Mono.defer(() -> leases.take(new Lease(LEASE, ids.get(), LEASE_TIME)))
                .repeatWhenEmpty(runs -> runs.concatMap(run -> Mono.delay(Duration.ofSeconds(1))))
                .flatMap(lease -> endBatch(key, lease)
                        .repeat()
                        .takeUntil(ended -> ended < BATCH)
                        .then(leases.setRemainingTime(lease, Duration.ZERO)));
    }

    private Mono<Integer> endBatch(KeyId key, Lease lease) {
        Actor actor = Actor.gateway().withComment("token key " + key + " dropped");
        return repository
                .findSessions(key, BATCH)
                .collectList()
                .flatMap(sessions -> Flux.fromIterable(sessions)
                        .concatMap(session -> terminator.end(session, EndReason.KICKED, actor))
                        .then(leases.setRemainingTime(lease, LEASE_TIME))
                        .thenReturn(sessions.size()));
    }
}
