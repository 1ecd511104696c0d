package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.token.use.TokenUseCounters;
import io.portcullis.core.token.use.TokenUseFlush;
import java.util.function.ToDoubleFunction;

/** Registers the metrics of token uses. */
final class TokenUseMetrics implements MeterBinder {
    private final TokenUseFlush flush;

    TokenUseMetrics(TokenUseFlush flush) {
        this.flush = flush;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("portcullis.token.use.pending", flush, TokenUseFlush::pending)
                .description("Rows of token uses that the last flush could not write to MySQL")
                .register(registry);
        FunctionCounter.builder("portcullis.token.use.written", flush.counters(), TokenUseCounters::written)
                .description("Rows of token uses that were inserted or extended")
                .register(registry);
        dropped(registry, "memory", TokenUseCounters::droppedForMemory);
        dropped(registry, "session", TokenUseCounters::droppedForSession);
    }

    private void dropped(MeterRegistry registry, String reason, ToDoubleFunction<TokenUseCounters> count) {
        FunctionCounter.builder("portcullis.token.use.dropped", flush.counters(), count)
                .tag("reason", reason)
                .description("Token uses that were not recorded, because too many waited for MySQL (memory), or their"
                        + " session had too many rows (session)")
                .register(registry);
    }
}
