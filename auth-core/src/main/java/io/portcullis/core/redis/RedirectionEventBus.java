package io.portcullis.core.redis;

import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.event.MovedRedirectionEvent;
import io.lettuce.core.event.DefaultEventBus;
import io.lettuce.core.event.Event;
import reactor.core.scheduler.Schedulers;

/**
 * Raises disruptions inside {@code publish} of Lettuce's event bus, on the publishing thread; a subscriber would be called too
 * late.
 *
 * <p>Lettuce publishes {@code MOVED} before it sends the command to the node that the redirection names. That node may be a new
 * master to which a connection already exists. {@code ASK} is not a disruption: during a slot migration each key, and so each
 * tombstone, is on one of the two nodes.
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
            disruptions.raise("a slot moved to another Redis node");
        } else if (event instanceof ClusterTopologyChangedEvent) {
            disruptions.raise(TopologyTrackingClusterClient.OTHER_TOPOLOGY);
        }
        super.publish(event);
    }
}
