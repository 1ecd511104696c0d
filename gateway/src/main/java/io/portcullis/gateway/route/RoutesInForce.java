package io.portcullis.gateway.route;

import java.util.Set;
import reactor.core.publisher.Mono;

/** The routes that requests take. */
public interface RoutesInForce {
    /**
     * Loads the routes from the gateway library and replaces all of them at once. Requests take the routes of before until the returned
     * {@code Mono} completes, and also if it ends with an error.
     */
    Mono<Void> load();

    /** Returns the ids of the routes whose plain requests take the fast path. */
    Set<String> fastIds();
}
