package io.portcullis.gateway.fastpath;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.gateway.accesslog.AccessRecord;
import io.portcullis.gateway.authentication.Admission;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the access log and the trace what happens to one request on the fast path. Costs nothing while both are off. */
final class ExchangeObserver {
    private static final Logger log = LoggerFactory.getLogger(ExchangeObserver.class);
    private static final ExchangeObserver OFF = new ExchangeObserver(null, null, null);

    private final @Nullable AccessRecord accessRecord;
    private final @Nullable RequestTracing tracing;
    private final @Nullable FastRequest request;
    private @Nullable RequestTrace trace;
    private boolean answered;

    private ExchangeObserver(
            @Nullable AccessRecord accessRecord, @Nullable RequestTracing tracing, @Nullable FastRequest request) {
        this.accessRecord = accessRecord;
        this.tracing = tracing;
        this.request = request;
    }

    static ExchangeObserver of(RequestTracing tracing, Channel client, FastRequest request) {
        AccessRecord accessRecord = AccessRecord.of(client);
        if (accessRecord != null) {
            accessRecord.routed(request.route().id());
        }
        return accessRecord == null && !tracing.isActive() ? OFF : new ExchangeObserver(accessRecord, tracing, request);
    }

    /** Returns the request's record for the access log, null if the log is off. */
    @Nullable
    AccessRecord accessRecord() {
        return accessRecord;
    }

    /** The check begins. A request with a cookie may continue to the filter chain, which observes it then. */
    void begins() {
        if (request != null && !request.cookie()) {
            startTrace();
        }
    }

    private void startTrace() {
        if (trace == null && tracing != null && request != null && tracing.isActive()) {
            try {
                trace = tracing.of(request);
            } catch (RuntimeException e) {
                logFailure(e);
            }
        }
    }

    /** A tracer that fails must not fail the request. */
    private static void tell(RequestTrace trace, Consumer<RequestTrace> event) {
        try {
            event.accept(trace);
        } catch (RuntimeException e) {
            logFailure(e);
        }
    }

    private static void logFailure(RuntimeException failure) {
        log.warn("Cannot trace a request", failure);
    }

    void admitted(Admission admission) {
        startTrace();
        if (accessRecord != null && admission instanceof Admission.Identified identified) {
            accessRecord.identified(identified.identity());
        }
    }

    /** The request to the service has these headers, to which the trace is added. */
    void sends(HttpHeaders headers) {
        if (trace != null) {
            tell(trace, observed -> observed.sends(headers));
        }
    }

    /** The head of the service's response has been received. */
    void receives(int status) {
        if (trace != null) {
            tell(trace, observed -> observed.receives(status));
        }
    }

    void fails(Throwable failure) {
        startTrace();
        if (trace != null) {
            tell(trace, observed -> observed.fails(failure));
        }
    }

    /** The status of the response is known, which is complete or ends with the exchange. */
    void answers(int status) {
        if (trace != null) {
            answered = true;
            tell(trace, observed -> observed.answers(status));
        }
    }

    /** The exchange is over. If it has no answer, the client has left. */
    void ends() {
        if (trace != null) {
            tell(trace, observed -> observed.ends(!answered));
        }
    }
}
