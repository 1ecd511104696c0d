package io.portcullis.core.redis;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is, and how long to wait for it. With {@code sentinel} the sentinels name the server, with {@code clusterNodes}
 * the nodes do; otherwise it is {@code host} and {@code port}.
 *
 * @param username null for the default user
 * @param password null for none
 * @param database 0 in a cluster
 * @param clusterNodes some nodes to ask for the rest; empty when it is no cluster
 */
public record RedisSettings(
        String host,
        int port,
        @Nullable String username,
        @Nullable String password,
        int database,
        boolean ssl,
        Timeouts timeouts,
        @Nullable Sentinel sentinel,
        List<Node> clusterNodes) {
    public RedisSettings {
        clusterNodes = List.copyOf(clusterNodes);
        if (sentinel != null && !clusterNodes.isEmpty()) {
            throw new IllegalArgumentException("redis: sentinel and cluster (expected: one of them)");
        }
        if (!clusterNodes.isEmpty() && database != 0) {
            throw new IllegalArgumentException("redis database: " + database + " (expected: 0 in a cluster)");
        }
    }

    /** One server without password or TLS. */
    public static RedisSettings standalone(String host, int port) {
        return new RedisSettings(host, port, null, null, 0, false, Timeouts.DEFAULTS, null, List.of());
    }

    /** Whether it is a Redis Cluster. */
    public boolean cluster() {
        return !clusterNodes.isEmpty();
    }

    @Override
    public String toString() {
        return "RedisSettings[host=" + host + ", port=" + port + ", database=" + database + ", ssl=" + ssl
                + ", sentinel=" + sentinel + ", clusterNodes=" + clusterNodes + "]";
    }

    /**
     * How long to wait.
     *
     * @param connect for a connection, handshake included
     * @param read for an answer of a check, and for an entry to be written
     * @param write for a tombstone to be written
     * @param tcpUser until a peer that acknowledges nothing counts as gone; only on Linux
     */
    public record Timeouts(Duration connect, Duration read, Duration write, Duration tcpUser) {
        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(2), Duration.ofMillis(80), Duration.ofMillis(500), Duration.ofSeconds(2));

        public Timeouts {
            requirePositive(connect, "connect timeout");
            requirePositive(read, "read timeout");
            requirePositive(write, "write timeout");
            requirePositive(tcpUser, "tcp user timeout");
        }

        /** The longest that a command may take, for a limit that is the same for all. */
        Duration longest() {
            return read.compareTo(write) > 0 ? read : write;
        }

        private static void requirePositive(Duration timeout, String name) {
            if (timeout.toMillis() < 1) {
                throw new IllegalArgumentException("redis " + name + ": " + timeout + " (expected: >= 1ms)");
            }
        }
    }

    /** An address. */
    public record Node(String host, int port) {
        public Node {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("redis node port: " + port + " (expected: 1 to 65535)");
            }
        }

        /** From {@code host:port}; an IPv6 address may stand in brackets. */
        public static Node parse(String address) {
            int colon = address.lastIndexOf(':');
            if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
                throw new IllegalArgumentException("redis node: " + address + " (expected: host:port)");
            }
            String host = address.substring(0, colon).replace("[", "").replace("]", "");
            return new Node(host, Integer.parseInt(address.substring(colon + 1)));
        }
    }

    /**
     * The sentinels that know the master.
     *
     * @param username of the sentinels themselves, null for the default user
     * @param password of the sentinels themselves, null for none
     */
    public record Sentinel(
            String master,
            List<Node> nodes,
            @Nullable String username,
            @Nullable String password) {
        public Sentinel {
            nodes = List.copyOf(nodes);
            if (nodes.isEmpty()) {
                throw new IllegalArgumentException("redis sentinel nodes: none (expected: host:port, at least one)");
            }
        }

        @Override
        public String toString() {
            return "Sentinel[master=" + master + ", nodes=" + nodes + "]";
        }
    }
}
