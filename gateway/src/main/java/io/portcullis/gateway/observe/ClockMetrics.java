package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.clock.ClockMonitor;
import java.time.Duration;

/**
 * Registers the gauge {@code portcullis.clock.offset}: the offset of this node's clock from the database's, in seconds (ADR 6).
 */
final class ClockMetrics implements MeterBinder {
    private static final double MILLIS_PER_SECOND = 1_000;

    private final ClockMonitor clocks;

    ClockMetrics(ClockMonitor clocks) {
        this.clocks = clocks;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("portcullis.clock.offset", clocks, ClockMetrics::seconds)
                .baseUnit("seconds")
                .description(
                        "By how much this node's clock is ahead of the database's; NaN before the first comparison")
                .register(registry);
    }

    private static double seconds(ClockMonitor clocks) {
        return clocks.offset()
                .map(Duration::toMillis)
                .map(millis -> millis / MILLIS_PER_SECOND)
                .orElse(Double.NaN);
    }
}
