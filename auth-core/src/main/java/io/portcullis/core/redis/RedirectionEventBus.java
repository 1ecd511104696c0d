package io.portcullis.core.redis;

import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.event.MovedRedirectionEvent;
import io.lettuce.core.event.DefaultEventBus;
import io.lettuce.core.event.Event;
import reactor.core.scheduler.Schedulers;

/**
 * Lettuce's event bus, which raises the count of disruptions where an event is published and not where it is heard.
 *
 * <p>{@code MOVED} is published before the command goes to the node that it names, which may be a new master to which a connection
 * exists. {@code ASK} is none: the slot's keys, tombstones included, are moved one by one and are on one of both.
 */
final class RedirectionEventBus extends DefaultEventBus {
    private final Disruptions disruptions;

    RedirectionEventBus(Disruptions disruptions) {
        super(Schedulers.immediate());
        this.disruptions = disruptions;
    }

    @Override
    public void publish(Event event) {
        if (event instanceof MovedRedirectionEvent) {
            disruptions.raise("a slot of Redis has moved");
        } else if (event instanceof ClusterTopologyChangedEvent) {
            disruptions.raise(TopologyTrackingClusterClient.OTHER_TOPOLOGY);
        }
        super.publish(event);
    }
}
