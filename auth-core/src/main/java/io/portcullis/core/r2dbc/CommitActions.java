package io.portcullis.core.r2dbc;

import io.portcullis.core.error.RootCause;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The actions to run after the commit of one transaction, in the order in which they were added. */
final class CommitActions {
    private static final Logger log = LoggerFactory.getLogger(CommitActions.class);

    private final List<Mono<Void>> actions = new ArrayList<>();

    synchronized void add(Mono<Void> action) {
        actions.add(action);
    }

    /** Returns {@code work}, which forgets the actions of an earlier attempt of the transaction when it begins. */
    <T> Mono<T> resetBefore(Mono<T> work) {
        return Mono.defer(() -> {
            reset();
            return work;
        });
    }

    private synchronized void reset() {
        actions.clear();
    }

    private synchronized List<Mono<Void>> added() {
        return List.copyOf(actions);
    }

    /** Runs the actions at the same time. Completes when all have ended; never fails. */
    Mono<Void> run() {
        return Flux.fromIterable(added())
                .flatMap(action -> action.onErrorResume(CommitActions::logged))
                .then();
    }

    private static Mono<Void> logged(Throwable failure) {
        log.warn("An action after the commit of a transaction failed: {}", RootCause.describe(failure));
        return Mono.empty();
    }
}
