package io.portcullis.gateway.reload;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/**
 * Reports {@code DEGRADED} while changed configuration files are refused. The detail {@code refused} is the mistake. Not a part of
 * readiness: the node serves with the routes of before.
 */
final class RoutesHealthIndicator implements ReactiveHealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");

    private final RouteReloadState state;

    RoutesHealthIndicator(RouteReloadState state) {
        this.state = state;
    }

    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(() -> {
            RouteReloadState.Current current = state.current();
            Health.Builder health = current.refusal() == null ? Health.up() : refused(current.refusal());
            return health.withDetail("routes", current.routes().definitions().size())
                    .withDetail("version", current.version())
                    .withDetail("since", current.since())
                    .build();
        });
    }

    private static Health.Builder refused(RouteReloadState.Refusal refusal) {
        return Health.status(DEGRADED)
                .withDetail("refused", refusal.message())
                .withDetail("refusedSince", refusal.since());
    }
}
