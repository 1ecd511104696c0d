package io.portcullis.gateway.event;

import io.portcullis.core.reactive.BacklogAge;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/**
 * Reports {@code DEGRADED} while a session event has waited for more than five minutes for its delivery. The detail
 * {@code oldestSeconds} is the age of the oldest one. Not a part of readiness: the node serves all the same.
 */
final class SessionEventHealthIndicator implements ReactiveHealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");
    private static final Duration LATE = Duration.ofMinutes(5);

    private final BacklogAge backlog;

    SessionEventHealthIndicator(BacklogAge backlog) {
        this.backlog = backlog;
    }

    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(() -> {
            Duration age = backlog.oldestAge();
            Health.Builder health = age.compareTo(LATE) > 0 ? Health.status(DEGRADED) : Health.up();
            return health.withDetail("oldestSeconds", age.toSeconds()).build();
        });
    }
}
