package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real standalone Redis 6.2 on a loopback port, without persistence and without a password.
 *
 * <p>When {@code PORTCULLIS_TESTBED_REDIS} is {@code host:port}, it stands for that server instead, which is neither
 * started nor stopped.
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
     * Starts a server on a free port and waits until it answers.
     *
     * @throws ServerStartException if it does not start; the message says what to do
     */
    public static RedisServer start() {
        Optional<String> external = Settings.find(Settings.REDIS);
        return external.isPresent() ? external(external.get()) : of(RedisNode.start());
    }

    /**
     * Starts a server on that very port, so that a test can bring back one that it closed; never an external server.
     *
     * @throws ServerStartException if it does not start, as when the port is taken
     */
    public static RedisServer start(int port) {
        return of(RedisNode.startAt(port));
    }

    /**
     * Starts a server that writes its data to disk, on a free port, so that they outlive a {@link #crash()}; never an external server.
     *
     * @throws ServerStartException if it does not start; the message says what to do
     */
    public static RedisServer startPersistent() {
        return of(RedisNode.start("--appendonly", "yes", "--appendfilename", DATA_FILE));
    }

    /**
     * Starts a server that is a replica of that one, on a free port, and waits until it has its data; never an external server.
     *
     * @throws ServerStartException if it does not start; the message says what to do
     */
    public static RedisServer startReplica(RedisServer master) {
        RedisServer replica = of(RedisNode.start());
        replica.follow(master);
        return replica;
    }

    /** Makes this server a replica of that one, and waits until it has its data. */
    public void follow(RedisServer master) {
        master.setting("repl-diskless-sync", "yes");
        // Without the delay the replica is in step at once.
        master.setting("repl-diskless-sync-delay", "0");
        String unused = ask("REPLICAOF", master.host, "" + master.port);
        own().awaitAnswer(List.of("INFO", "replication"), "role:slave", "master_link_status:up");
    }

    /** Makes this replica a master. */
    public void promote() {
        String unused = ask("REPLICAOF", "NO", "ONE");
    }

    private void setting(String name, String value) {
        String unused = ask("CONFIG", "SET", name, value);
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

    /** The address that the server listens on. */
    public String host() {
        return host;
    }

    /** The TCP port that the server listens on. */
    public int port() {
        return port;
    }

    /** The id of the server's process, -1 if it was not started here. */
    public long pid() {
        return node == null ? -1 : node.process().pid();
    }

    /** Ends the server at once, as a crash of its process would, for {@link #restart}. */
    public void crash() {
        own().process().crash();
    }

    /**
     * Starts the server again after a {@link #crash()}, on the same port.
     *
     * @param keepData whether it finds what it had written to disk
     * @throws ServerStartException if it does not start
     */
    public void restart(boolean keepData) {
        RedisNode crashed = own();
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
     * As {@link #restart(boolean)}, with what it once had on its disk: as a backup, or a replica that lagged, would bring it back.
     *
     * @param data of {@link #data()}
     */
    public void restart(byte[] data) {
        RedisNode crashed = own();
        try {
            Files.write(crashed.process().directory().resolve(DATA_FILE), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        node = crashed.restarted();
    }

    /** All that a server of {@link #startPersistent()} has answered for, as it is on its disk. */
    public byte[] data() {
        try {
            return Files.readAllBytes(own().process().directory().resolve(DATA_FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has the server answer a command, on a connection of its own; the elements of a list stand on a line each.
     *
     * @throws UncheckedIOException if it answers an error, or nothing
     */
    public String ask(String... command) {
        try {
            return RespConnection.ask(port, command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RedisNode own() {
        RedisNode own = node;
        if (own == null) {
            throw new IllegalStateException("an external server is neither started nor stopped");
        }
        return own;
    }

    /** Ends the server at once; everything in it is lost. */
    @Override
    public void close() {
        if (node != null) {
            node.close();
        }
    }
}
