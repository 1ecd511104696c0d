package io.portcullis.gateway.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

/**
 * Registers {@code portcullis.streams.open}, {@code portcullis.streams.closed} (by reason), and
 * {@code portcullis.streams.close.delay}, the time from the end of the session by the database's clock until this node began to
 * close its streams by its own clock.
 */
final class StreamMetrics {
    private static final String CLOSED = "portcullis.streams.closed";
    private static final String UNCHECKED = "unchecked";

    private final MeterRegistry registry;
    private final Clock clock;
    private final Timer delay;

    StreamMetrics(MeterRegistry registry, OpenStreams streams, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        Gauge.builder("portcullis.streams.open", streams, OpenStreams::count)
                .description("Open streams: WebSockets, event streams, and other responses without a known end")
                .register(registry);
        this.delay = Timer.builder("portcullis.streams.close.delay")
                .description("Time from the end of a session until its streams on this node were closed")
                .register(registry);
        for (EndReason reason : EndReason.values()) {
            counter(reason.name()).increment(0);
        }
        counter(UNCHECKED).increment(0);
    }

    private Counter counter(String reason) {
        return Counter.builder(CLOSED)
                .description("Streams that the gateway closed because their session had ended")
                .tag("reason", reason.toLowerCase(Locale.ROOT))
                .register(registry);
    }

    void closed(EndedSession ended, int streams) {
        counter(ended.reason().name()).increment(streams);
        Duration since = Duration.between(ended.at(), clock.instant());
        delay.record(since.isNegative() ? Duration.ZERO : since);
    }

    void closedUnchecked(int streams) {
        counter(UNCHECKED).increment(streams);
    }
}
