package io.portcullis.chaos.history;

/**
 * A stream that a client opened, and what it received. The service behind it sends a numbered event ten times a second for as long
 * as the stream is open. Times are as in {@link Operation}.
 *
 * @param opening the request, of kind {@link Kind#STREAM} and answered with success
 * @param transport how the events are sent
 * @param deliveries how often the client received something
 * @param firstDeliveryAt the time of the first delivery, that of the response if there was none
 * @param lastDeliveryAt the time of the last delivery, that of the response if there was none
 * @param lastEvent the number of the last event
 * @param endedAt the time at which the client saw the end of the stream, or closed it
 * @param cut whether the other side ended the stream; otherwise the client closed it
 */
public record ObservedStream(
        Operation opening,
        Transport transport,
        int deliveries,
        long firstDeliveryAt,
        long lastDeliveryAt,
        int lastEvent,
        long endedAt,
        boolean cut) {
    public ObservedStream {
        if (opening.session() == null) {
            throw new IllegalArgumentException("opening: without a session");
        }
    }

    /** Returns the number of the node that served the stream. */
    public int node() {
        return opening.node();
    }

    /** Returns a readable line, with times in milliseconds after {@code origin}. */
    public String describe(long origin) {
        return "%9.1f to %9.1f ms  node %d  client %-3d %s, opened at %.1f ms, %d deliveries, the last at %.1f ms (event %d), %s"
                .formatted(
                        (opening.invokedAt() - origin) / 1e6,
                        (endedAt - origin) / 1e6,
                        node(),
                        opening.client(),
                        transport,
                        (opening.completedAt() - origin) / 1e6,
                        deliveries,
                        (lastDeliveryAt - origin) / 1e6,
                        lastEvent,
                        cut ? "cut" : "closed by the client");
    }

    /** The transport of a stream. */
    public enum Transport {
        /** Server-sent events on a route that the fast path serves. */
        EVENTS,
        /** Server-sent events on a route that the filter chain serves. */
        FILTERED_EVENTS,
        /** A WebSocket. */
        WEBSOCKET
    }
}
