package io.portcullis.gateway.fastpath;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.transport.Propagator;
import io.micrometer.observation.transport.RequestReplyReceiverContext;
import io.micrometer.observation.transport.RequestReplySenderContext;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.gateway.observe.StatusTag;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * What the handlers of observations learn about a request on the fast path: the names and tags of Spring's {@code http.server.requests}
 * and of Spring Cloud Gateway's {@code http.client.requests}. Meters of one name must have the same tags.
 */
final class TracedRequest {
    private static final String UNKNOWN = "UNKNOWN";

    /** The fields with which traces are propagated. */
    private static final List<String> FIELDS = List.of(
            "traceparent",
            "tracestate",
            "b3",
            "X-B3-TraceId",
            "X-B3-SpanId",
            "X-B3-ParentSpanId",
            "X-B3-Sampled",
            "X-B3-Flags");

    private TracedRequest() {}

    /** The request of the client; its response is the status. */
    static final class Server extends RequestReplyReceiverContext<HttpHeaders, Integer> {
        private final FastRequest request;
        private boolean aborted;

        Server(FastRequest request) {
            super((headers, name) -> headers.get(name));
            setCarrier(request.headers());
            this.request = request;
        }

        void setAborted(boolean aborted) {
            this.aborted = aborted;
        }
    }

    /** The request to the service; its response is the status. */
    static final class Client extends RequestReplySenderContext<HttpHeaders, Integer> {
        private final FastRequest request;

        /** @param headers those of the request to the service, which receive the trace */
        Client(FastRequest request, HttpHeaders headers) {
            super(new Fields());
            setCarrier(headers);
            this.request = request;
        }

        /** Replaces the fields of the client's trace, all of them with the first one that is written: half a trace would be wrong. */
        private static final class Fields implements Propagator.Setter<HttpHeaders> {
            private boolean replaced;

            @Override
            public void set(@Nullable HttpHeaders headers, String name, String value) {
                HttpHeaders target = Objects.requireNonNull(headers);
                if (!replaced) {
                    replaced = true;
                    FIELDS.forEach(target::remove);
                }
                target.set(name, value);
            }
        }
    }

    /** As Spring's {@code DefaultServerRequestObservationConvention} for a request without a controller. */
    record ServerConvention(String name) implements ObservationConvention<Server> {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getContextualName(Server context) {
            return "http " + context.request.method().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof Server;
        }

        @Override
        public KeyValues getLowCardinalityKeyValues(Server context) {
            Integer status = context.getResponse();
            Throwable error = context.getError();
            return KeyValues.of(
                    "exception",
                    error == null ? "none" : error.getClass().getSimpleName(),
                    "method",
                    context.request.method().name(),
                    "outcome",
                    status == null || context.aborted ? UNKNOWN : outcome(status),
                    "status",
                    status == null ? UNKNOWN : StatusTag.code(status),
                    "uri",
                    status == null ? UNKNOWN : uri(status));
        }

        @Override
        public KeyValues getHighCardinalityKeyValues(Server context) {
            return KeyValues.of("http.url", context.request.target().path());
        }

        private static String outcome(int status) {
            if (status / 100 == 2) {
                return "SUCCESS";
            }
            return HttpStatus.resolve(status) == null ? UNKNOWN : StatusTag.outcome(status);
        }

        private static String uri(int status) {
            if (status == HttpStatus.NOT_FOUND.value()) {
                return "NOT_FOUND";
            }
            return status / 100 == 3 && HttpStatus.resolve(status) != null ? "REDIRECTION" : UNKNOWN;
        }
    }

    /** As Spring Cloud Gateway's {@code DefaultGatewayObservationConvention}. */
    enum ClientConvention implements ObservationConvention<Client> {
        INSTANCE;

        @Override
        public String getName() {
            return "http.client.requests";
        }

        @Override
        public String getContextualName(Client context) {
            return "HTTP " + context.request.method().name();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof Client;
        }

        @Override
        public KeyValues getLowCardinalityKeyValues(Client context) {
            Integer status = context.getResponse();
            return KeyValues.of(
                    "http.method",
                    context.request.method().name(),
                    "http.status_code",
                    status == null ? UNKNOWN : StatusTag.code(status),
                    "spring.cloud.gateway.route.id",
                    context.request.route().id(),
                    "spring.cloud.gateway.route.uri",
                    context.request.route().uri());
        }

        @Override
        public KeyValues getHighCardinalityKeyValues(Client context) {
            return KeyValues.of(
                    "http.uri",
                    context.request.route().uri() + context.request.upstream().path());
        }
    }
}
