package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real standalone Redis 6.2 on a loopback port, without a password, and without persistence unless {@link #startPersistent()}
 * has started it.
 *
 * <p>If {@code PORTCULLIS_TESTBED_REDIS} is {@code host:port}, {@link #start()} returns that external server instead, and
 * neither starts nor stops it.
 */
public final class RedisServer implements AutoCloseable {
    private static final int DEFAULT_PORT = 6379;
    private static final String DATA_FILE = "data.aof";

    private final String host;
    private final int port;
    private @Nullable RedisNode node;

    private RedisServer(String host, int port, @Nullable RedisNode node) {
        this.host = host;
        this.port = port;
        this.node = node;
    }

    /**
     * Starts a server on a free port, and waits until it answers.
     *
     * @throws ServerStartException if the server does not start; the message names the remedy
     */
    public static RedisServer start() {
        Optional<String> external = Settings.find(Settings.REDIS);
        return external.isPresent() ? external(external.get()) : of(RedisNode.start());
    }

    /**
     * Starts a server on the given port, so that a test can replace a closed one. Never returns an external server.
     *
     * @throws ServerStartException if the server does not start, for example because the port is occupied
     */
    public static RedisServer start(int port) {
        return of(RedisNode.startAt(port));
    }

    /**
     * Starts a server on a free port that writes its data to disk, so that the data survives a {@link #crash()}. Never
     * returns an external server.
     *
     * @throws ServerStartException if the server does not start; the message names the remedy
     */
    public static RedisServer startPersistent() {
        return of(RedisNode.start("--appendonly", "yes", "--appendfilename", DATA_FILE));
    }

    /**
     * Starts a replica of {@code master} on a free port, and waits until it is synchronised. Never returns an external
     * server.
     *
     * @throws ServerStartException if the server does not start; the message names the remedy
     */
    public static RedisServer startReplica(RedisServer master) {
        RedisServer replica = of(RedisNode.start());
        replica.follow(master);
        return replica;
    }

    /** Makes this server a replica of {@code master}, and waits until it is synchronised. */
    public void follow(RedisServer master) {
        master.configure("repl-diskless-sync", "yes");
        // Without the delay the replica is synchronised immediately.
        master.configure("repl-diskless-sync-delay", "0");
        String unused = execute("REPLICAOF", master.host, "" + master.port);
        requireOwnNode().awaitReply(List.of("INFO", "replication"), "role:slave", "master_link_status:up");
    }

    /** Makes this replica a master. */
    public void promote() {
        String unused = execute("REPLICAOF", "NO", "ONE");
    }

    private void configure(String name, String value) {
        String unused = execute("CONFIG", "SET", name, value);
    }

    private static RedisServer of(RedisNode node) {
        return new RedisServer(Ports.LOOPBACK, node.port(), node);
    }

    private static RedisServer external(String address) {
        URI uri = URI.create("redis://" + address);
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("%s: %s (expected: host:port)".formatted(Settings.REDIS, address));
        }
        return new RedisServer(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), null);
    }

    /** Returns the host that the server listens on. */
    public String host() {
        return host;
    }

    /** Returns the TCP port that the server listens on. */
    public int port() {
        return port;
    }

    /** Returns the process id of the server, -1 for an external server. */
    public long pid() {
        return node == null ? -1 : node.process().pid();
    }

    /** Kills the server process. {@link #restart} starts it again. */
    public void crash() {
        requireOwnNode().process().crash();
    }

    /**
     * Starts the server again after a {@link #crash()}, on the same port.
     *
     * @param keepData whether the server loads the data that it had written to disk
     * @throws ServerStartException if the server does not start
     */
    public void restart(boolean keepData) {
        RedisNode crashed = requireOwnNode();
        if (!keepData) {
            try {
                Files.deleteIfExists(crashed.process().directory().resolve(DATA_FILE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        node = crashed.restarted();
    }

    /**
     * Starts the server again like {@link #restart(boolean)}, with an earlier state of its data, as after a restore from a
     * backup or after the promotion of a lagging replica.
     *
     * @param data the earlier state, from {@link #data()}
     */
    public void restart(byte[] data) {
        RedisNode crashed = requireOwnNode();
        try {
            Files.write(crashed.process().directory().resolve(DATA_FILE), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        node = crashed.restarted();
    }

    /** Returns the data on disk of a server from {@link #startPersistent}, which contains all acknowledged writes. */
    public byte[] data() {
        try {
            return Files.readAllBytes(requireOwnNode().process().directory().resolve(DATA_FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends a command on a new connection, and returns the reply as text. Each element of a list is on a line of its own.
     *
     * @throws UncheckedIOException if the server replies with an error, or not at all
     */
    public String execute(String... command) {
        try {
            return RespConnection.execute(port, command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RedisNode requireOwnNode() {
        RedisNode own = node;
        if (own == null) {
            throw new IllegalStateException("Redis server: external (expected: one that the testbed has started)");
        }
        return own;
    }

    /** Kills the server. All its data is lost. Does nothing for an external server. */
    @Override
    public void close() {
        if (node != null) {
            node.close();
        }
    }
}
