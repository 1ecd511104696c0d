package io.portcullis.core.retention;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Port: stores leases in MySQL. Only MySQL's clock decides on their expiry. Every error except
 * {@link LeaseLostException} is {@code UNAVAILABLE}.
 */
public interface LeaseRepository {

    /** Takes the lease in a transaction of its own and emits it; empty while the lease is held, by any holder. */
    Mono<Lease> take(Lease wanted);

    /**
     * Renews the lease in the surrounding transaction. Until that transaction ends, no other holder can take the
     * lease, even after the lease has expired. Fails with {@link LeaseLostException} if the lease had expired before
     * the renewal.
     */
    Mono<Void> renew(Lease lease);

    /**
     * Sets the expiry of the lease to {@code time} from now, in a transaction of its own. Does nothing if the lease
     * is lost.
     */
    Mono<Void> setRemainingTime(Lease lease, Duration time);
}
