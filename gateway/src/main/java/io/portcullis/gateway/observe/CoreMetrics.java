package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.check.CheckCounters;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Registers the metrics of token checks, degraded mode, transactions and unconfirmed ends of sessions. Meters read the core's own counters
 * when they are scraped, so that a request pays for one addition only.
 */
final class CoreMetrics implements MeterBinder {
    private static final double NANOS_PER_SECOND = 1e9;

    private final AccessTokenAuthenticator authenticator;
    private final DegradedMode degraded;
    private final WriteAvailability writes;
    private final IntSupplier activeTransactions;
    private final SessionTerminator terminator;

    CoreMetrics(
            AccessTokenAuthenticator authenticator,
            DegradedMode degraded,
            WriteAvailability writes,
            IntSupplier activeTransactions,
            SessionTerminator terminator) {
        this.authenticator = authenticator;
        this.degraded = degraded;
        this.writes = writes;
        this.activeTransactions = activeTransactions;
        this.terminator = terminator;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        checks(registry, "none", CheckCounters::unverified);
        checks(registry, "redis", CheckCounters::redis);
        checks(registry, "refill", CheckCounters::refilled);
        checks(registry, "mysql", CheckCounters::degraded);
        Gauge.builder("portcullis.degraded", degraded, mode -> mode.active() ? 1 : 0)
                .description("1 while access tokens are checked in MySQL because Redis is unavailable or not trusted")
                .register(registry);
        FunctionCounter.builder("portcullis.degraded.entered", degraded, DegradedMode::entryCount)
                .description("Number of times that this node entered degraded mode")
                .register(registry);
        FunctionCounter.builder("portcullis.degraded.time", degraded, CoreMetrics::degradedSeconds)
                .baseUnit("seconds")
                .description("Time that this node has spent in degraded mode since its start")
                .register(registry);
        possible(
                registry,
                "portcullis.logins.possible",
                "1 while users can log in and refresh",
                WriteAvailability::loginFailure);
        possible(
                registry,
                "portcullis.logouts.possible",
                "1 while sessions can be ended",
                WriteAvailability::logoutFailure);
        Gauge.builder("portcullis.transactions.active", activeTransactions, IntSupplier::getAsInt)
                .description("Transactions in progress, including those whose client has disconnected")
                .register(registry);
        ends(registry);
    }

    private static double degradedSeconds(DegradedMode mode) {
        return mode.degradedNanos() / NANOS_PER_SECOND;
    }

    private void ends(MeterRegistry registry) {
        Gauge.builder("portcullis.ends.unconfirmed", terminator, SessionTerminator::unconfirmedEnds)
                .description("Sessions whose end was sent to Redis, and is retried until MySQL confirms it")
                .register(registry);
        FunctionCounter.builder("portcullis.ends.dropped", terminator, SessionTerminator::droppedEnds)
                .description("Ends of sessions that are not retried any more, because too many waited for MySQL")
                .register(registry);
    }

    private void checks(MeterRegistry registry, String answeredBy, ToDoubleFunction<CheckCounters> count) {
        FunctionCounter.builder("portcullis.checks", authenticator.counters(), count)
                .description("Access token checks by the store that answered them")
                .tag("answered.by", answeredBy)
                .register(registry);
    }

    private void possible(
            MeterRegistry registry,
            String name,
            String description,
            Function<WriteAvailability, Optional<String>> failure) {
        Gauge.builder(name, writes, watch -> failure.apply(watch).isEmpty() ? 1 : 0)
                .description(description + ", according to the writes of the last seconds")
                .register(registry);
    }
}
