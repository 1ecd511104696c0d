package io.portcullis.gateway.fastpath;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The trace of one request on the fast path: an observation of the client's request, which continues the client's trace, and one of the
 * request to the service, which is its child. Both have the names and tags of the filter chain's. Confined to the event loop of the client.
 */
final class RequestTrace {
    private final ObservationRegistry registry;
    private final FastRequest request;
    private final boolean observesClient;
    private final TracedRequest.Server serverContext;
    private final Observation server;
    private @Nullable Observation client;
    private TracedRequest.@Nullable Client clientContext;

    RequestTrace(ObservationRegistry registry, String name, boolean observesClient, FastRequest request) {
        this.registry = registry;
        this.request = request;
        this.observesClient = observesClient;
        this.serverContext = new TracedRequest.Server(request);
        this.server = Observation.createNotStarted(
                        new TracedRequest.ServerConvention(name), () -> serverContext, registry)
                .start();
    }

    /** The request to the service begins: writes the fields of the trace into its headers. A repeated request is observed anew. */
    void sends(HttpHeaders headers) {
        if (!observesClient) {
            return;
        }
        stopClient();
        var context = new TracedRequest.Client(request, headers);
        clientContext = context;
        client = Observation.createNotStarted(TracedRequest.ClientConvention.INSTANCE, () -> context, registry)
                .parentObservation(server)
                .start();
    }

    /** The service has answered. */
    void receives(int status) {
        if (clientContext != null) {
            clientContext.setResponse(status);
        }
        stopClient();
    }

    private void stopClient() {
        if (client != null) {
            client.stop();
            client = null;
        }
    }

    /** The request has failed. */
    void fails(Throwable failure) {
        if (clientContext != null && client != null) {
            clientContext.setError(failure);
        }
        serverContext.setError(failure);
    }

    /** The response to the client has this status; none of the methods is called with another status before the end. */
    void answers(int status) {
        serverContext.setResponse(status);
    }

    /**
     * The exchange is over.
     *
     * @param aborted whether the client has closed its connection before
     */
    void ends(boolean aborted) {
        serverContext.setAborted(aborted);
        stopClient();
        server.stop();
    }
}
