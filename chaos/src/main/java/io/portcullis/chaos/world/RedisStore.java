package io.portcullis.chaos.world;

import io.lettuce.core.RedisURI;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.RedisServer;
import java.net.URI;
import java.util.List;

/** A Redis of one of the topologies, as the harness sees it: addresses, process ids, and what can be done to it. */
public sealed interface RedisStore extends AutoCloseable {
    static RedisStore start(RedisTopology topology) {
        return switch (topology) {
            case SINGLE -> new Single(RedisServer.startPersistent());
            case SENTINEL -> new Sentinel(RedisSentinel.start());
            case CLUSTER -> new Cluster(RedisCluster.start());
        };
    }

    /** The servers that take writes now. */
    List<RedisURI> masters();

    /** The process of the server that a fault hits. */
    long victimPid();

    @Override
    void close();

    private static RedisURI uri(String address) {
        URI uri = URI.create("redis://" + address);
        return RedisURI.create(uri.getHost(), uri.getPort());
    }

    /** One server, which can be crashed and started again. */
    record Single(RedisServer server) implements RedisStore {
        @Override
        public List<RedisURI> masters() {
            return List.of(RedisURI.create(server.host(), server.port()));
        }

        @Override
        public long victimPid() {
            return server.pid();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** A master and a replica, watched by sentinels. */
    record Sentinel(RedisSentinel group) implements RedisStore {
        @Override
        public List<RedisURI> masters() {
            return List.of(uri(group.master()));
        }

        @Override
        public long victimPid() {
            return group.masterPid();
        }

        @Override
        public void close() {
            group.close();
        }
    }

    /** Masters that share the slots. */
    record Cluster(RedisCluster cluster) implements RedisStore {
        @Override
        public List<RedisURI> masters() {
            return cluster.nodes().stream().map(RedisStore::uri).toList();
        }

        @Override
        public long victimPid() {
            return cluster.pids().get(0);
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
