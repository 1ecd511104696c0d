package io.portcullis.testbed;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A Redis master with one replica, watched by three sentinels, on loopback ports. The sentinels give a silent master up
 * after two seconds; a failover is done about three seconds after it died.
 */
public final class RedisSentinel implements AutoCloseable {
    private static final String MASTER_NAME = "portcullis";
    private static final int SENTINELS = 3;
    private static final int QUORUM = 2;

    private final RedisNodes servers;
    private final RedisNodes sentinels;

    private RedisSentinel(RedisNodes servers, RedisNodes sentinels) {
        this.servers = servers;
        this.sentinels = sentinels;
    }

    /**
     * Starts the group and waits until the replica is in step and every sentinel knows the others and the replica, so
     * that a failover would work.
     *
     * @throws ServerStartException if it does not start; the message says what to do
     */
    public static RedisSentinel start() {
        RedisSentinel group = new RedisSentinel(new RedisNodes(), new RedisNodes());
        try {
            group.startServers();
            group.startSentinels();
            return group;
        } catch (ServerStartException e) {
            group.close();
            throw e;
        }
    }

    private void startServers() {
        // Without the delay the replica is in step at once.
        String[] diskless = {"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"};
        RedisNode master = servers.add(RedisNode.start(diskless));
        RedisNode replica = servers.add(RedisNode.start("--replicaof", Ports.LOOPBACK, "" + master.port()));
        replica.awaitAnswer(List.of("INFO", "replication"), "role:slave", "master_link_status:up");
    }

    private void startSentinels() {
        List<String> configuration = List.of(
                "sentinel monitor %s %s %d %d"
                        .formatted(
                                MASTER_NAME,
                                Ports.LOOPBACK,
                                servers.list().get(0).port(),
                                QUORUM),
                "sentinel down-after-milliseconds %s 2000".formatted(MASTER_NAME),
                "sentinel failover-timeout %s 10000".formatted(MASTER_NAME));
        IntStream.range(0, SENTINELS).forEach(i -> sentinels.add(RedisNode.startSentinel(configuration)));
        for (RedisNode sentinel : sentinels.list()) {
            sentinel.awaitAnswer(
                    List.of("SENTINEL", "MASTER", MASTER_NAME),
                    "flags\nmaster\n",
                    "num-slaves\n1\n",
                    "num-other-sentinels\n%d\n".formatted(SENTINELS - 1));
        }
    }

    /** The name under which the sentinels know the master. */
    public String masterName() {
        return MASTER_NAME;
    }

    /** The sentinels' addresses, as {@code 127.0.0.1:port}. */
    public List<String> nodes() {
        return sentinels.list().stream().map(RedisNode::address).toList();
    }

    /** The address of the present master, as {@code 127.0.0.1:port}, by the word of the first sentinel. */
    public String master() {
        try {
            String answer = sentinels.list().get(0).ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME);
            return answer.strip().replace('\n', ':');
        } catch (IOException e) {
            throw new IllegalStateException("the first sentinel does not answer", e);
        }
    }

    /** The process id of the present master, for tests that stop or end it. */
    public long masterPid() {
        String master = master();
        return servers.list().stream()
                .filter(node -> node.address().equals(master))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("not a server of this group: " + master))
                .process()
                .pid();
    }

    /** The process ids of the servers but the present master. */
    public List<Long> replicaPids() {
        String master = master();
        return servers.list().stream()
                .filter(node -> !node.address().equals(master))
                .map(node -> node.process().pid())
                .toList();
    }

    /** The process ids of the sentinels, in the order of {@link #nodes()}. */
    public List<Long> sentinelPids() {
        return sentinels.list().stream().map(node -> node.process().pid()).toList();
    }

    /** The addresses of the servers, first the one that began as the master. */
    public List<String> servers() {
        return servers.list().stream().map(RedisNode::address).toList();
    }

    /** Cuts the link of the server that began as the master to its replica; one that is stopped stays without what is written from now on. */
    public void disconnectReplicas() {
        try {
            String unused = servers.list().get(0).ask("CLIENT", "KILL", "TYPE", "replica");
        } catch (IOException e) {
            throw new IllegalStateException("a server does not answer", e);
        }
    }

    /** Ends all processes at once. */
    @Override
    public void close() {
        sentinels.close();
        servers.close();
    }
}
