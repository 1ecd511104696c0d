package io.portcullis.gateway.diagnostics;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.sample.ReportedNode;
import io.portcullis.core.termination.SessionTerminator;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Reads what the diagnostics tell. Each store is asked once for each reading, with a time limit. */
final class Diagnostics {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration NODE_AGE = Duration.ofHours(1);
    private static final int MAX_NODES = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private final DiagnosticSources sources;
    private final Supplier<Map<String, @Nullable Object>> configuration;
    private final String version;
    private final DegradedMode degraded;
    private final WriteAvailability writes;
    private final SessionTerminator terminator;
    private final IntSupplier transactions;
    private final Clock clock;
    private final long startNanos = System.nanoTime();

    Diagnostics(
            DiagnosticSources sources,
            Supplier<Map<String, @Nullable Object>> configuration,
            String version,
            DegradedMode degraded,
            WriteAvailability writes,
            SessionTerminator terminator,
            IntSupplier transactions,
            Clock clock) {
        this.sources = sources;
        this.configuration = configuration;
        this.version = version;
        this.degraded = degraded;
        this.writes = writes;
        this.terminator = terminator;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Emits the diagnostics. Never fails because of a store. */
    Mono<DiagnosticsBody> read() {
        return Mono.zip(stores(), nodes(), ledger())
                // The bean factory, which knows the configuration and the pools, has locks.
                .publishOn(Schedulers.boundedElastic())
                .map(read -> body(read.getT1(), read.getT2(), read.getT3()));
    }

    private Mono<List<DiagnosticsBody.Store>> stores() {
        return Flux.fromIterable(sources.stores())
                .flatMapSequential(Diagnostics::ask)
                .collectList();
    }

    private static Mono<DiagnosticsBody.Store> ask(StoreDescription store) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return Mono.defer(store.version())
                    .timeout(LIMIT)
                    .map(version -> new DiagnosticsBody.Store(
                            store.name(),
                            store.kind(),
                            true,
                            version.isEmpty() ? null : version,
                            (System.nanoTime() - start) / NANOS_PER_MILLI,
                            null))
                    .onErrorResume(failure -> Mono.just(unreachable(store, failure)));
        });
    }

    /** Names the kind of the error alone: its message may have addresses and names. */
    private static DiagnosticsBody.Store unreachable(StoreDescription store, Throwable failure) {
        String kind = RootCause.of(failure).getClass().getSimpleName();
        return new DiagnosticsBody.Store(store.name(), store.kind(), false, null, null, kind);
    }

    private Mono<Optional<List<DiagnosticsBody.Node>>> nodes() {
        return known(sources.nodes()
                .findReported(NODE_AGE, MAX_NODES)
                .map(found -> found.stream().map(Diagnostics::node).toList()));
    }

    private static DiagnosticsBody.Node node(ReportedNode reported) {
        return new DiagnosticsBody.Node(
                reported.node().name(),
                reported.node().version(),
                reported.node().java(),
                reported.startedAt().toEpochMilli(),
                reported.alive(),
                reported.silence().toMillis());
    }

    private Mono<Optional<DiagnosticsBody.Ledger>> ledger() {
        return known(sources.ledger()
                .map(backlog -> new DiagnosticsBody.Ledger(
                        backlog.entries(), backlog.oldestAge().toMillis())));
    }

    private static <T> Mono<Optional<T>> known(Mono<T> read) {
        return read.timeout(LIMIT).map(Optional::of).onErrorResume(failure -> Mono.just(Optional.empty()));
    }

    private DiagnosticsBody body(
            List<DiagnosticsBody.Store> stores,
            Optional<List<DiagnosticsBody.Node>> nodes,
            Optional<DiagnosticsBody.Ledger> ledger) {
        return new DiagnosticsBody(
                sources.node().get(),
                clock.millis(),
                Duration.ofNanos(System.nanoTime() - startNanos).toMillis(),
                new DiagnosticsBody.Versions(version, Runtime.version().toString(), SpringBootVersion.getVersion()),
                configuration.get(),
                stores,
                sources.pools().get(),
                sources.redisConnectionsMissing().getAsInt(),
                nodes.orElse(null),
                new DiagnosticsBody.Degraded(
                        degraded.active(),
                        degraded.reason().orElse(null),
                        Duration.ofNanos(degraded.degradedNanos()).toMillis(),
                        degraded.entryCount()),
                new DiagnosticsBody.Writes(
                        writes.loginFailure().orElse(null),
                        writes.logoutFailure().orElse(null),
                        terminator.unconfirmedEnds(),
                        transactions.getAsInt()),
                ledger.orElse(null));
    }
}
