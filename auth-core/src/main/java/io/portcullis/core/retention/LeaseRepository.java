package io.portcullis.core.retention;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** Port: leases in MySQL, by MySQL's clock alone. Every error but {@link LeaseLostException} is {@code UNAVAILABLE}. */
public interface LeaseRepository {

    /** Takes the lease, in a transaction of its own; empty when it has not run out yet, whoever has it. */
    Mono<Lease> take(Lease wanted);

    /**
     * Renews the lease in the surrounding transaction, and keeps everybody else from taking it until that ends, however long it
     * lasts. Fails with {@link LeaseLostException} if it ran out before.
     */
    Mono<Void> renew(Lease lease);

    /** Has the lease run out that long from now, in a transaction of its own. Nothing happens if it is lost. */
    Mono<Void> endIn(Lease lease, Duration time);
}
