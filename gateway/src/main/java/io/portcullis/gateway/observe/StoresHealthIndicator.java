package io.portcullis.gateway.observe;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.WriteAvailability;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reports the health of MySQL and Redis together (docs/operations.md, "Watch"): {@code DOWN} if none works, {@code UP} if both work,
 * Redis is trusted, and logins and logouts are possible, {@code DEGRADED} otherwise. The details contain no addresses and no
 * error messages, because the health endpoint is often public.
 */
final class StoresHealthIndicator implements ReactiveHealthIndicator {
    /**
     * The status of a node on which some calls fail but proxied requests are served. It stays in the load balancer's rotation.
     */
    static final Status DEGRADED = new Status("DEGRADED");

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final List<StoreProbe> probes;
    private final DegradedMode degraded;
    private final WriteAvailability writes;

    StoresHealthIndicator(List<StoreProbe> probes, DegradedMode degraded, WriteAvailability writes) {
        this.probes = List.copyOf(probes);
        this.degraded = degraded;
        this.writes = writes;
    }

    @Override
    public Mono<Health> health() {
        return Flux.fromIterable(probes)
                .flatMap(probe -> status(probe).map(status -> Map.entry(probe.name(), status)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))
                .map(this::combine);
    }

    private static Mono<Status> status(StoreProbe probe) {
        return Mono.defer(probe.ping()).timeout(DEADLINE).thenReturn(Status.UP).onErrorReturn(Status.DOWN);
    }

    private Health combine(Map<String, Status> stores) {
        Optional<String> distrust = degraded.reason();
        Optional<String> logins = writes.loginFailure();
        Optional<String> logouts = writes.logoutFailure();
        boolean healthy = distrust.isEmpty() && logins.isEmpty() && logouts.isEmpty();
        Health.Builder health = Health.status(overall(stores, healthy));
        stores.forEach((name, status) -> health.withDetail(name, status.getCode()));
        return health.withDetail(
                        "checks", distrust.map(reason -> "in MySQL: " + reason).orElse("in Redis"))
                .withDetail("logins", describePossible(logins))
                .withDetail("logouts", describePossible(logouts))
                .build();
    }

    private static Status overall(Map<String, Status> stores, boolean healthy) {
        if (!stores.containsValue(Status.UP)) {
            return Status.DOWN;
        }
        return healthy && stores.values().stream().allMatch(Status.UP::equals) ? Status.UP : DEGRADED;
    }

    private static String describePossible(Optional<String> failure) {
        return failure.map(reason -> "not possible: " + reason).orElse("possible");
    }
}
