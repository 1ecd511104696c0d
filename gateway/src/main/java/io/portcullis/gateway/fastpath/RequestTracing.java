package io.portcullis.gateway.fastpath;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The observations of requests on the fast path. They exist only where the operator traces requests, because those that the filter chain
 * starts for its meters alone would cost more than the rest of a request.
 *
 * @param registry where the observations are registered, null if nothing traces
 * @param serverName the name of the observation of a client's request
 * @param client whether the request to the service is observed too, which gives the service the trace
 */
record RequestTracing(@Nullable ObservationRegistry registry, String serverName, boolean client) {
    boolean isActive() {
        return registry != null;
    }

    /** Returns the trace of a request; null if nothing traces. */
    @Nullable
    RequestTrace of(FastRequest request) {
        return registry == null ? null : new RequestTrace(registry, serverName, client, request);
    }
}
