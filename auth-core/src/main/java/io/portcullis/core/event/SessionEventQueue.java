package io.portcullis.core.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import reactor.core.publisher.Mono;

/** Port: the pending events, for the node that delivers them. Call each change in a transaction. Every error is {@code UNAVAILABLE}. */
public interface SessionEventQueue {

    /**
     * Emits the pending events of up to {@code sessions} sessions that have a due event, those first that have waited the longest. All
     * pending events of such a session are in the list, one after the other and in their order.
     */
    Mono<List<PendingEvent>> findDue(int sessions);

    /** Removes an event that the receiver has accepted. */
    Mono<Void> remove(String id);

    /**
     * Records a failed attempt, and sets the time of the next one.
     *
     * @param refused whether the receiver refused the event itself
     * @param delay the time until the next attempt
     * @param behind the ids of the later events of the session, which wait as long
     */
    Mono<Void> retryLater(String id, String failure, boolean refused, Duration delay, Collection<String> behind);

    /** Sets the time of the next attempt of events that wait for an earlier event of their session. */
    Mono<Void> waitUntil(Collection<String> ids, Instant time);

    /** Records a failed attempt, and gives the event up. */
    Mono<Void> giveUp(String id, String failure);

    /**
     * Gives up to {@code limit} events up that have been pending for more than {@code age}, the oldest first, and emits their number.
     */
    Mono<Long> giveUpOlderThan(Duration age, int limit);

    /** Emits the age of the oldest pending event by the database's clock; empty if there is none. */
    Mono<Duration> oldestAge();
}
