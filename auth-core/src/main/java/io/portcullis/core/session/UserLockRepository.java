package io.portcullis.core.session;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Port: the lock of a user in MySQL, and the sessions that are counted under it (docs/adr/0028). The lock needs no account in the
 * gateway's own table. It comes before the lock of the account and those of sessions. Every error is {@code UNAVAILABLE}.
 */
public interface UserLockRepository {
    /**
     * Locks the user until the surrounding transaction ends, and emits true. Emits false, without a lock, if the user's row does not
     * exist; see {@link #create}.
     */
    Mono<Boolean> lock(String userId);

    /**
     * Inserts the row of the user's lock unless it exists. Must be called in a transaction of its own: a concurrent insertion waits
     * for that transaction, and a roll-back would make the waiting ones deadlock.
     */
    Mono<Void> create(String userId);

    /**
     * Emits the ids of the user's sessions that are live by the database's clock, oldest first. A session whose last refresh token
     * has expired is not live, although it may not have been ended yet.
     *
     * @param limit the largest number of ids to emit
     */
    Flux<String> findLive(String userId, int limit);

    /**
     * Emits such ids of the sessions on one type of device.
     *
     * @param deviceType a name in lower case; a session is of this type if the device in its row is this name in any case
     */
    Flux<String> findLiveOnDevice(String userId, String deviceType, int limit);
}
