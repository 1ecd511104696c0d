package io.portcullis.testbed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Redis Cluster on loopback ports, of three masters that together serve all slots, and optionally one replica of each. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;

    private static final List<String> ARGUMENTS = List.of(
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "2000",
            "--cluster-require-full-coverage",
            "yes",
            "--cluster-replica-validity-factor",
            "0",
            "--repl-diskless-sync",
            "yes",
            "--repl-diskless-sync-delay",
            "0");

    private final RedisNodes nodes;
    private final RedisNodes replicas;

    private RedisCluster(RedisNodes nodes, RedisNodes replicas) {
        this.nodes = nodes;
        this.replicas = replicas;
    }

    /**
     * Starts three masters, distributes the slots, and waits until each master sees the whole cluster.
     *
     * @throws ServerStartException if the cluster does not start; the message names the remedy
     */
    public static RedisCluster start() {
        return start(0);
    }

    /**
     * Starts a cluster like {@link #start()}, with one replica of each master. A replica is promoted about three seconds
     * after its master has failed.
     *
     * @throws ServerStartException if the cluster does not start; the message names the remedy
     */
    public static RedisCluster startWithReplicas() {
        return start(MASTERS);
    }

    private static RedisCluster start(int replicas) {
        RedisCluster cluster = new RedisCluster(new RedisNodes(), new RedisNodes());
        try {
            cluster.startMasters();
            cluster.startReplicas(replicas);
            return cluster;
        } catch (IOException e) {
            cluster.close();
            throw new ServerStartException("cannot set up the Redis Cluster: " + e.getMessage(), e);
        } catch (ServerStartException e) {
            cluster.close();
            throw e;
        }
    }

    private void startMasters() throws IOException {
        for (int i = 0; i < MASTERS; i++) {
            assignSlots(nodes.add(startNode()), i);
        }
        join(nodes.list());
    }

    private static RedisNode startNode() {
        return RedisNode.start(ARGUMENTS.toArray(String[]::new));
    }

    private void startReplicas(int count) throws IOException {
        RedisNode first = nodes.list().get(0);
        for (int i = 0; i < count; i++) {
            RedisNode replica = replicas.add(startNode());
            first.execute("CLUSTER", "MEET", Ports.LOOPBACK, "" + replica.port());
        }
        for (int i = 0; i < count; i++) {
            RedisNode replica = replicas.list().get(i);
            replica.awaitReply(List.of("CLUSTER", "INFO"), "cluster_state:ok", "cluster_known_nodes:" + 2 * MASTERS);
            replica.execute("CLUSTER", "REPLICATE", id(nodes.list().get(i)));
            replica.awaitReply(List.of("INFO", "replication"), "role:slave", "master_link_status:up");
        }
        if (count > 0) {
            all().forEach(RedisCluster::awaitReplicas);
        }
    }

    private static void awaitReplicas(RedisNode node) {
        node.process().awaitReady(RedisNode.START_LIMIT, () -> {
            String reply = node.execute("CLUSTER", "NODES");
            long slaves = reply.lines()
                    .filter(line -> line.contains("slave") && !line.contains("fail"))
                    .count();
            if (slaves != MASTERS) {
                throw new IOException("known replicas: " + slaves + " (expected: " + MASTERS + ")");
            }
        });
    }

    private static String id(RedisNode node) throws IOException {
        return node.execute("CLUSTER", "MYID").strip();
    }

    private List<RedisNode> all() {
        return Stream.concat(nodes.list().stream(), replicas.list().stream()).toList();
    }

    /**
     * Moves a slot with its keys to another of the initial masters, as resharding does.
     *
     * @param to the index of the target in {@link #nodes()}
     * @return false if the target already owns the slot
     */
    public boolean moveSlot(int slot, int to) {
        try {
            return move(slot, owner(slot), nodes.list().get(to));
        } catch (IOException e) {
            throw new IllegalStateException("cannot move the slot " + slot, e);
        }
    }

    private boolean move(int slot, RedisNode source, RedisNode target) throws IOException {
        if (source.equals(target)) {
            return false;
        }
        target.execute("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", id(source));
        source.execute("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", id(target));
        String keys = source.execute("CLUSTER", "GETKEYSINSLOT", "" + slot, "1000");
        for (String key : keys.lines().filter(line -> !line.isBlank()).toList()) {
            source.execute("MIGRATE", Ports.LOOPBACK, "" + target.port(), key, "0", "5000");
        }
        for (RedisNode node : List.of(target, source)) {
            node.execute("CLUSTER", "SETSLOT", "" + slot, "NODE", id(target));
        }
        for (RedisNode node : nodes.list()) {
            node.execute("CLUSTER", "SETSLOT", "" + slot, "NODE", id(target));
        }
        return true;
    }

    /** Returns the initial master that claims to own the slot. */
    private RedisNode owner(int slot) throws IOException {
        for (RedisNode node : nodes.list()) {
            if (owns(node.execute("CLUSTER", "NODES"), slot)) {
                return node;
            }
        }
        throw new IOException("no master has the slot " + slot);
    }

    private static boolean owns(String view, int slot) {
        return view.lines()
                .filter(line -> line.contains("myself,master"))
                .flatMap(line -> Stream.of(line.split(" ")).skip(8))
                .filter(range -> range.matches("\\d+(-\\d+)?"))
                .map(range -> range.split("-"))
                .anyMatch(range ->
                        Integer.parseInt(range[0]) <= slot && slot <= Integer.parseInt(range[range.length - 1]));
    }

    private static void assignSlots(RedisNode node, int index) throws IOException {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        IntStream.range(SLOTS * index / MASTERS, SLOTS * (index + 1) / MASTERS).forEach(slot -> command.add("" + slot));
        node.execute(command.toArray(String[]::new));
        // With distinct epochs from the start the masters need not resolve conflicts, which takes seconds.
        node.execute("CLUSTER", "SET-CONFIG-EPOCH", "" + (index + 1));
    }

    private static void join(List<RedisNode> nodes) throws IOException {
        RedisNode first = nodes.get(0);
        for (RedisNode other : nodes.subList(1, nodes.size())) {
            first.execute("CLUSTER", "MEET", Ports.LOOPBACK, "" + other.port());
        }
        for (RedisNode node : nodes) {
            node.awaitReply(
                    List.of("CLUSTER", "INFO"),
                    "cluster_state:ok",
                    "cluster_slots_ok:" + SLOTS,
                    "cluster_known_nodes:" + MASTERS,
                    "cluster_size:" + MASTERS);
        }
    }

    /** Returns the addresses of the initial masters, as {@code 127.0.0.1:port}. */
    public List<String> nodes() {
        return nodes.list().stream().map(RedisNode::address).toList();
    }

    /** Returns the process ids of the initial masters, in the order of {@link #nodes()}. */
    public List<Long> pids() {
        return pids(nodes);
    }

    /**
     * Returns the process id of an initial master.
     *
     * @param number the index in {@link #nodes()}
     */
    public long masterPid(int number) {
        return pids(nodes).get(number);
    }

    /** Returns the process ids of the initial replicas, in the order of their masters; empty if there are none. */
    public List<Long> replicaPids() {
        return pids(replicas);
    }

    private static List<Long> pids(RedisNodes nodes) {
        return nodes.list().stream().map(node -> node.process().pid()).toList();
    }

    /**
     * Disconnects the replicas of each master. A replica that is stopped at the time cannot reconnect, and does not receive
     * later writes.
     */
    public void disconnectReplicas() {
        try {
            for (RedisNode node : nodes.list()) {
                node.execute("CLIENT", "KILL", "TYPE", "replica");
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot disconnect the replicas: a Redis server does not answer", e);
        }
    }

    /** Kills all servers. */
    @Override
    public void close() {
        nodes.close();
        replicas.close();
    }
}
