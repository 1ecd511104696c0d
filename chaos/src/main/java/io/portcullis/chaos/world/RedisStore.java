package io.portcullis.chaos.world;

import io.lettuce.core.RedisURI;
import io.portcullis.testbed.RedisCluster;
import io.portcullis.testbed.RedisSentinel;
import io.portcullis.testbed.RedisServer;
import java.net.URI;
import java.util.List;

/** A Redis of one of the topologies: its addresses, its process ids, and the operations of faults on it. */
public sealed interface RedisStore extends AutoCloseable {
    static RedisStore start(RedisTopology topology) {
        return switch (topology) {
            case SINGLE -> new Single(RedisServer.startPersistent());
            case SENTINEL -> new Sentinel(RedisSentinel.start());
            case CLUSTER -> new Cluster(RedisCluster.start());
        };
    }

    /** Returns the servers that currently accept writes. */
    List<RedisURI> masters();

    /** Returns the process id of the server that a fault affects. */
    long victimPid();

    @Override
    void close();

    private static RedisURI uri(String address) {
        URI uri = URI.create("redis://" + address);
        return RedisURI.create(uri.getHost(), uri.getPort());
    }

    /** A single server, which can be killed and restarted. */
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

    /** A master and a replica with sentinels. */
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

    /** A cluster of masters that share the slots. */
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
