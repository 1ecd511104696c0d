package io.portcullis.gateway;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A node with the argument {@code --test.tracing=true} traces requests, as Micrometer Tracing would. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("test.tracing")
class TracedNode {
    @Bean
    Spans spans() {
        return new Spans();
    }

    /**
     * One operation of a trace.
     *
     * @param parent the id of the span that it is a part of, null for none
     * @param tags of low cardinality
     */
    record Span(
            String name, String trace, String id, @Nullable String parent, Map<String, String> tags) {}

    /** Traces that begin with this text are observed and not propagated, as by a tracer that does nothing. */
    static final String UNPROPAGATED = "dead";

    /** The beginning of traces with which the tracer fails at each event. */
    static final String FAILING = "fa11";

    /** Propagates traces by W3C Trace Context, and keeps the spans that have ended. */
    static final class Spans implements ObservationHandler<Observation.Context> {
        private final List<Span> ended = new CopyOnWriteArrayList<>();

        List<Span> ofTrace(String trace) {
            return ended.stream().filter(span -> span.trace().equals(trace)).toList();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ReceiverContext || context instanceof SenderContext;
        }

        @Override
        public void onStart(Observation.Context context) {
            Span span = begin(context);
            context.put(Span.class, span);
            failIfAsked(span);
        }

        private static Span begin(Observation.Context context) {
            String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            if (context instanceof ReceiverContext<?> receiver) {
                String[] received =
                        Objects.toString(received(receiver), "00-new-").split("-", -1);
                return new Span("", received[1], id, received[2], Map.of());
            }
            Span parent = Objects.requireNonNull(context.getParentObservation())
                    .getContextView()
                    .getRequired(Span.class);
            send((SenderContext<?>) context, "00-" + parent.trace() + "-" + id + "-01");
            return new Span("", parent.trace(), id, parent.id(), Map.of());
        }

        private static <C> @Nullable String received(ReceiverContext<C> context) {
            return context.getGetter().get(Objects.requireNonNull(context.getCarrier()), "traceparent");
        }

        private static <C> void send(SenderContext<C> context, String value) {
            if (value.startsWith("00-" + UNPROPAGATED)) {
                return;
            }
            context.getSetter().set(context.getCarrier(), "traceparent", value);
            context.getSetter().set(context.getCarrier(), "tracestate", "gateway=1");
        }

        private static void failIfAsked(Span span) {
            if (span.trace().startsWith(FAILING)) {
                throw new IllegalStateException("a tracer that fails");
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            Span begun = context.getRequired(Span.class);
            failIfAsked(begun);
            Map<String, String> tags = new TreeMap<>();
            for (KeyValue tag : context.getLowCardinalityKeyValues()) {
                tags.put(tag.getKey(), tag.getValue());
            }
            String name = context.getName() + ": " + context.getContextualName();
            ended.add(new Span(name, begun.trace(), begun.id(), begun.parent(), tags));
        }
    }
}
