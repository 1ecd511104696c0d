package io.portcullis.chaos.world;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.GaleraCluster;
import io.portcullis.testbed.ReplicatedDatabase;
import io.portcullis.testbed.ReplicatedDatabase.Mode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A MySQL of one of the topologies: its servers, and the operations of faults on them. */
public sealed interface MySqlStore extends AutoCloseable {
    /**
     * Starts the servers of a topology.
     *
     * @throws IllegalStateException if this system cannot run it; the message says what is missing
     */
    static MySqlStore start(MySqlTopology topology) {
        return switch (topology) {
            case SINGLE -> new Single(DatabaseServer.start());
            case REPLICA -> replicated(Mode.ASYNCHRONOUS);
            case SEMI_SYNC -> replicated(Mode.SEMI_SYNCHRONOUS);
            case GALERA -> {
                require(GaleraCluster.obstacle());
                yield new Galera(GaleraCluster.start());
            }
        };
    }

    private static MySqlStore replicated(Mode mode) {
        require(ReplicatedDatabase.obstacle(mode));
        return new Replicated(ReplicatedDatabase.start(mode));
    }

    private static void require(Optional<String> obstacle) {
        obstacle.ifPresent(missing -> {
            throw new IllegalStateException(missing);
        });
    }

    /** Returns the servers, each at the position of the proxies that lead to it. */
    List<DatabaseServer> servers();

    /** Returns a server that takes writes. */
    DatabaseServer writer();

    /**
     * Returns the R2DBC URL for a gateway node.
     *
     * @param node the number of the gateway node
     * @param ports the ports of its proxies, in the order of {@link #servers}
     */
    default String r2dbcUrl(int node, List<Integer> ports) {
        List<String> addresses =
                new ArrayList<>(ports.stream().map(port -> "127.0.0.1:" + port).toList());
        Collections.rotate(addresses, -first(node));
        DatabaseServer any = writer();
        return any.r2dbcUrl().replace("127.0.0.1:" + any.port() + "/", String.join(",", addresses) + "/");
    }

    /** Returns the position of the server that a gateway node has first in its URL. */
    default int first(int node) {
        return 0;
    }

    @Override
    void close();

    /** One server, which can be killed and restarted. */
    record Single(DatabaseServer server) implements MySqlStore {
        @Override
        public List<DatabaseServer> servers() {
            return List.of(server);
        }

        @Override
        public DatabaseServer writer() {
            return server;
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** A primary and its replica, which change their positions with each failover. */
    final class Replicated implements MySqlStore {
        private final ReplicatedDatabase database;
        private boolean swapped;
        private volatile DatabaseServer writer;

        private Replicated(ReplicatedDatabase database) {
            this.database = database;
            this.writer = database.primary();
        }

        public ReplicatedDatabase database() {
            return database;
        }

        /** Makes the replica the primary, once it has executed all that it has received. */
        public void promoteReplica() {
            database.promoteReplica();
            writer = database.replica();
        }

        /** Replaces the former primary by a new replica of the promoted one. */
        public void replaceFormerPrimary() {
            database.replaceFormerPrimary();
            swapped = !swapped;
        }

        @Override
        public List<DatabaseServer> servers() {
            return swapped
                    ? List.of(database.replica(), database.primary())
                    : List.of(database.primary(), database.replica());
        }

        @Override
        public DatabaseServer writer() {
            return writer;
        }

        @Override
        public void close() {
            database.close();
        }
    }

    /** A cluster of which each gateway node has another node first in its URL. */
    record Galera(GaleraCluster cluster) implements MySqlStore {
        @Override
        public List<DatabaseServer> servers() {
            return IntStream.range(0, GaleraCluster.NODES)
                    .mapToObj(cluster::node)
                    .toList();
        }

        @Override
        public DatabaseServer writer() {
            return cluster.node(0);
        }

        @Override
        public int first(int node) {
            return node % GaleraCluster.NODES;
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
