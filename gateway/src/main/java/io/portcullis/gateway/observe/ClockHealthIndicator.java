package io.portcullis.gateway.observe;

import io.portcullis.core.clock.ClockMonitor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/**
 * Reports {@code DEGRADED} while this node's clock differs from the database's by more than a minute (ADR 6). The detail
 * {@code offsetSeconds} is positive if this node's clock is ahead; it is missing before the first comparison.
 */
final class ClockHealthIndicator implements ReactiveHealthIndicator {
    private final ClockMonitor clocks;

    ClockHealthIndicator(ClockMonitor clocks) {
        this.clocks = clocks;
    }

    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(() -> {
            Health.Builder health = clocks.trusted() ? Health.up() : Health.status(StoresHealthIndicator.DEGRADED);
            clocks.offset().ifPresent(offset -> health.withDetail("offsetSeconds", offset.toMillis() / 1000.0));
            return health.build();
        });
    }
}
