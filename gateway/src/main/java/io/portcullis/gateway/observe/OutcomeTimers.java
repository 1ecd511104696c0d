package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.portcullis.core.resilience.CallOutcome;
import io.portcullis.core.resilience.LatencyRecorder;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Records durations in one timer per outcome, with a histogram of fixed buckets. The timers are registered at the creation, so that a
 * recording looks nothing up and allocates nothing.
 */
final class OutcomeTimers implements LatencyRecorder {
    /** The upper bounds of the buckets. The time limits of the stores lie between them. */
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5)
    };

    private final Timer ok;
    private final Timer refused;
    private final Timer failed;

    private OutcomeTimers(Function<CallOutcome, Timer> timers) {
        this.ok = timers.apply(CallOutcome.OK);
        this.refused = timers.apply(CallOutcome.REFUSED);
        this.failed = timers.apply(CallOutcome.FAILED);
    }

    /** Registers the timers under this name, with these tags and the tag {@code outcome}. */
    static LatencyRecorder register(MeterRegistry registry, String name, String description, Tags tags) {
        return new OutcomeTimers(outcome -> timer(
                registry, name, description, tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT))));
    }

    /** Registers one timer, without the tag {@code outcome}, for calls that are recorded only if they succeed. */
    static LatencyRecorder registerSuccesses(MeterRegistry registry, String name, String description, Tags tags) {
        Timer timer = timer(registry, name, description, tags);
        return (outcome, nanos) -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private static Timer timer(MeterRegistry registry, String name, String description, Tags tags) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public void record(CallOutcome outcome, long nanos) {
        Timer timer = switch (outcome) {
            case OK -> ok;
            case REFUSED -> refused;
            case FAILED -> failed;
        };
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }
}
