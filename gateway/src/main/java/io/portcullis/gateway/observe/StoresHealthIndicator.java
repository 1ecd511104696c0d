package io.portcullis.gateway.observe;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The health of the stores together: with one of them the gateway serves, degraded (design section 8); with none it
 * does not. Says no addresses and no errors, since health is often open.
 */
public final class StoresHealthIndicator implements ReactiveHealthIndicator {
    /** Some calls fail, but proxied requests are served: a node in this state stays in rotation. */
    public static final Status DEGRADED = new Status("DEGRADED");

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final List<StoreProbe> probes;

    public StoresHealthIndicator(List<StoreProbe> probes) {
        this.probes = List.copyOf(probes);
    }

    @Override
    public Mono<Health> health() {
        return Flux.fromIterable(probes)
                .flatMap(probe -> status(probe).map(status -> Map.entry(probe.name(), status)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))
                .map(StoresHealthIndicator::together);
    }

    private static Mono<Status> status(StoreProbe probe) {
        return Mono.defer(probe.ping()).timeout(DEADLINE).thenReturn(Status.UP).onErrorReturn(Status.DOWN);
    }

    private static Health together(Map<String, Status> stores) {
        Health.Builder health = stores.values().stream().allMatch(Status.UP::equals)
                ? Health.up()
                : Health.status(stores.containsValue(Status.UP) ? DEGRADED : Status.DOWN);
        stores.forEach((name, status) -> health.withDetail(name, status.getCode()));
        return health.build();
    }
}
