package io.portcullis.core.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.topology.TopologyComparators;
import io.lettuce.core.resource.ClientResources;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Raises a disruption before Lettuce uses a changed topology; Lettuce's own event comes later. A replay that starts between the
 * two may write to the old masters, so {@link RedirectionEventBus} raises another disruption at that event.
 */
final class TopologyTrackingClusterClient extends RedisClusterClient {
    static final String OTHER_TOPOLOGY = "the topology of the Redis Cluster has changed";

    private final Disruptions disruptions;

    TopologyTrackingClusterClient(ClientResources resources, Iterable<RedisURI> uris, Disruptions disruptions) {
        super(resources, uris);
        this.disruptions = disruptions;
    }

    @Override
    protected Partitions determinePartitions(@Nullable Partitions current, Map<RedisURI, Partitions> views) {
        Partitions next = super.determinePartitions(current, views);
        if (current != null && TopologyComparators.isChanged(current, next)) {
            disruptions.raise(OTHER_TOPOLOGY);
        }
        return next;
    }
}
