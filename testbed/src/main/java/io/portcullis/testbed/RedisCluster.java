package io.portcullis.testbed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A Redis Cluster of three masters without replicas on loopback ports, which serves all slots. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;

    private final RedisNodes nodes;

    private RedisCluster(RedisNodes nodes) {
        this.nodes = nodes;
    }

    /**
     * Starts the masters, shares out the slots, and waits until every master sees the whole cluster.
     *
     * @throws ServerStartException if it does not start; the message says what to do
     */
    public static RedisCluster start() {
        RedisNodes nodes = new RedisNodes();
        try {
            for (int i = 0; i < MASTERS; i++) {
                RedisNode node = nodes.add(RedisNode.start(
                        "--cluster-enabled",
                        "yes",
                        "--cluster-node-timeout",
                        "2000",
                        "--cluster-require-full-coverage",
                        "yes"));
                assignSlots(node, i);
            }
            join(nodes.list());
            return new RedisCluster(nodes);
        } catch (IOException e) {
            nodes.close();
            throw new ServerStartException("cannot set up the Redis Cluster: " + e.getMessage(), e);
        } catch (ServerStartException e) {
            nodes.close();
            throw e;
        }
    }

    private static void assignSlots(RedisNode node, int index) throws IOException {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        IntStream.range(SLOTS * index / MASTERS, SLOTS * (index + 1) / MASTERS).forEach(slot -> command.add("" + slot));
        node.ask(command.toArray(String[]::new));
        // Distinct epochs from the start, or the masters spend seconds on agreeing about them.
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", "" + (index + 1));
    }

    private static void join(List<RedisNode> nodes) throws IOException {
        RedisNode first = nodes.get(0);
        for (RedisNode other : nodes.subList(1, nodes.size())) {
            first.ask("CLUSTER", "MEET", Ports.LOOPBACK, "" + other.port());
        }
        for (RedisNode node : nodes) {
            node.awaitAnswer(
                    List.of("CLUSTER", "INFO"),
                    "cluster_state:ok",
                    "cluster_slots_ok:" + SLOTS,
                    "cluster_known_nodes:" + MASTERS,
                    "cluster_size:" + MASTERS);
        }
    }

    /** The masters' addresses, as {@code 127.0.0.1:port}. */
    public List<String> nodes() {
        return nodes.list().stream().map(RedisNode::address).toList();
    }

    /** The process ids of the masters, in the order of {@link #nodes()}. */
    public List<Long> pids() {
        return nodes.list().stream().map(node -> node.process().pid()).toList();
    }

    /** Ends all masters at once. */
    @Override
    public void close() {
        nodes.close();
    }
}
