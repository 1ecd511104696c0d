package io.portcullis.testbed;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A Redis master with one replica and three sentinels on loopback ports. The sentinels consider a master down after two seconds
 * without a reply; a failover completes about three seconds after the master has failed.
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
     * Starts the group. Waits until the replica is synchronised and each sentinel knows the other sentinels and the
     * replica, so that a failover is possible.
     *
     * @throws ServerStartException if the group does not start; the message names the remedy
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
        // Without the delay the replica is synchronised immediately.
        String[] diskless = {"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"};
        RedisNode master = servers.add(RedisNode.start(diskless));
        RedisNode replica = servers.add(RedisNode.start("--replicaof", Ports.LOOPBACK, "" + master.port()));
        replica.awaitReply(List.of("INFO", "replication"), "role:slave", "master_link_status:up");
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
            sentinel.awaitReply(
                    List.of("SENTINEL", "MASTER", MASTER_NAME),
                    "flags\nmaster\n",
                    "num-slaves\n1\n",
                    "num-other-sentinels\n%d\n".formatted(SENTINELS - 1));
        }
    }

    /** Returns the name of the master in the configuration of the sentinels. */
    public String masterName() {
        return MASTER_NAME;
    }

    /** Returns the addresses of the sentinels, as {@code 127.0.0.1:port}. */
    public List<String> nodes() {
        return sentinels.list().stream().map(RedisNode::address).toList();
    }

    /** Returns the address of the current master according to the first sentinel, as {@code 127.0.0.1:port}. */
    public String master() {
        try {
            String reply = sentinels.list().get(0).execute("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME);
            return reply.strip().replace('\n', ':');
        } catch (IOException e) {
            throw new IllegalStateException("cannot find the master: the first sentinel does not answer", e);
        }
    }

    /** Returns the process id of the current master, so that a test can stop or kill it. */
    public long masterPid() {
        String master = master();
        return servers.list().stream()
                .filter(node -> node.address().equals(master))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("not a server of this group: " + master))
                .process()
                .pid();
    }

    /** Returns the process ids of all servers except the current master. */
    public List<Long> replicaPids() {
        String master = master();
        return servers.list().stream()
                .filter(node -> !node.address().equals(master))
                .map(node -> node.process().pid())
                .toList();
    }

    /** Returns the process ids of the sentinels, in the order of {@link #nodes()}. */
    public List<Long> sentinelPids() {
        return sentinels.list().stream().map(node -> node.process().pid()).toList();
    }

    /** Returns the addresses of the servers. The first one is the initial master. */
    public List<String> servers() {
        return servers.list().stream().map(RedisNode::address).toList();
    }

    /**
     * Disconnects the replica of the initial master. A replica that is stopped at the time cannot reconnect, and does not
     * receive later writes.
     */
    public void disconnectReplicas() {
        try {
            String unused = servers.list().get(0).execute("CLIENT", "KILL", "TYPE", "replica");
        } catch (IOException e) {
            throw new IllegalStateException("cannot disconnect the replica: the initial master does not answer", e);
        }
    }

    /** Kills all processes. */
    @Override
    public void close() {
        sentinels.close();
        servers.close();
    }
}
