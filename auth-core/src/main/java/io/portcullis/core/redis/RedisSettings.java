package io.portcullis.core.redis;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the address, credentials and timeouts of Redis. With {@code sentinel}, the sentinels name the server. With
 * {@code clusterNodes}, these nodes name the others. Otherwise the server is {@code host} and {@code port}. {@code toString}
 * omits the credentials.
 *
 * @param username null for the default user
 * @param password null for no password
 * @param database the database number; must be 0 in a Cluster
 * @param sentinel null if Sentinel is not used
 * @param clusterNodes some nodes of the Cluster, from which the others are discovered; empty if Cluster is not used
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
            throw new IllegalArgumentException("redis: both sentinel and cluster (expected: at most one of them)");
        }
        if (!clusterNodes.isEmpty() && database != 0) {
            throw new IllegalArgumentException("redis database: " + database + " (expected: 0 in a cluster)");
        }
    }

    /** Returns the settings of a standalone server without password and TLS, with default timeouts. */
    public static RedisSettings standalone(String host, int port) {
        return new RedisSettings(host, port, null, null, 0, false, Timeouts.DEFAULTS, null, List.of());
    }

    /** Returns whether these are the settings of a Redis Cluster. */
    public boolean cluster() {
        return !clusterNodes.isEmpty();
    }

    @Override
    public String toString() {
        return "RedisSettings[host=" + host + ", port=" + port + ", database=" + database + ", ssl=" + ssl
                + ", sentinel=" + sentinel + ", clusterNodes=" + clusterNodes + "]";
    }

    /**
     * Holds the timeouts; each is at least 1 ms.
     *
     * @param connect the limit for establishing a connection, including the handshake
     * @param read the limit for a look-up and for a fill
     * @param write the limit for writing a tombstone and for shortening an entry
     * @param tcpUser the time after which a peer that acknowledges nothing counts as gone; effective on Linux only
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

        /** Returns the longer of the read and the write timeout, as the client's timeout for all commands. */
        Duration longest() {
            return read.compareTo(write) > 0 ? read : write;
        }

        private static void requirePositive(Duration timeout, String name) {
            if (timeout.toMillis() < 1) {
                throw new IllegalArgumentException("redis " + name + ": " + timeout + " (expected: >= 1ms)");
            }
        }
    }

    /** Represents the address of a server. */
    public record Node(String host, int port) {
        public Node {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("redis node port: " + port + " (expected: 1 to 65535)");
            }
        }

        /**
         * Parses {@code host:port}. An IPv6 address may be in brackets.
         *
         * @throws IllegalArgumentException if the text has another form or the port is out of range
         */
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
     * Holds the addresses and credentials of the sentinels. {@code toString} omits the credentials.
     *
     * @param master the name under which the sentinels monitor the master
     * @param nodes the addresses of the sentinels, at least one
     * @param username the user at the sentinels themselves; null for the default user
     * @param password the password of the sentinels themselves; null for no password
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
