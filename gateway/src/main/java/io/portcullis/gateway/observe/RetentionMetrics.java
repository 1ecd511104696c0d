package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.retention.RetentionCounters;
import io.portcullis.core.retention.RetentionKind;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Registers the metrics of this node's janitor: removed rows, expired sessions, and the time of the last successful run. */
final class RetentionMetrics implements MeterBinder {
    private final RetentionCounters counters;

    RetentionMetrics(RetentionCounters counters) {
        this.counters = counters;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (RetentionKind kind : RetentionKind.values()) {
            FunctionCounter.builder("portcullis.janitor.removed", counters, all -> all.removed(kind))
                    .description("Rows that this node's janitor removed after their retention time")
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(registry);
        }
        FunctionCounter.builder("portcullis.janitor.expired.sessions", counters, RetentionCounters::expiredSessions)
                .description("Sessions that this node's janitor ended because they had expired")
                .register(registry);
        TimeGauge.builder(
                        "portcullis.janitor.last.success",
                        counters,
                        TimeUnit.SECONDS,
                        RetentionCounters::lastSuccessSeconds)
                .description(
                        "End of the last successful run of this node's janitor, in seconds since 1970; 0 for never")
                .register(registry);
    }
}
