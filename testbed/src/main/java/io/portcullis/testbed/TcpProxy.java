package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a faulty network between a client and a server: a proxy on a loopback port that forwards bytes unchanged until a
 * fault is injected. Requests are the bytes from the client, and answers are the bytes from the server.
 *
 * <ul>
 *   <li>{@link #blackHole()}, {@link #blackHoleRequests()}, {@link #blackHoleResponses()}: neither bytes nor the end of a
 *       connection arrive any more. Connections stay open, and new ones are accepted. The held bytes arrive after
 *       {@link #heal()}, like retransmitted packets, unless the connection was cut meanwhile;
 *   <li>{@link #delay}: answers arrive late;
 *   <li>{@link #cut()}: the current connections are reset on both sides, and held bytes are lost;
 *   <li>{@link #refuse()}: new connections are refused, and open ones stay open. Together with {@link #cut()} it simulates a dead
 *       server;
 *   <li>{@link #holdRequest}, {@link #holdResponse}, {@link #dropResponse}: a trap, which one connection triggers once.
 * </ul>
 *
 * <p>Faults accumulate until {@link #heal()} ends all of them. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BACKLOG = 500;
    private static final long ACCEPT_END_MILLIS = 1_000;

    private final int port;
    private final TcpFaults faults = new TcpFaults();
    private final Set<TcpLink> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile List<InetSocketAddress> targets;
    private @Nullable Listener listener;
    private boolean closed;

    private TcpProxy(List<InetSocketAddress> targets, int port) {
        this.targets = targets;
        this.port = port;
        listen();
    }

    /** Starts a proxy on a free port. The target server need not run yet. */
    public static TcpProxy to(String host, int port) {
        return to(host, List.of(port));
    }

    /** Starts a proxy on a free port that forwards its connections to several servers in turn. */
    public static TcpProxy to(String host, List<Integer> ports) {
        List<InetSocketAddress> targets =
                ports.stream().map(port -> new InetSocketAddress(host, port)).toList();
        return Ports.withFreePort(free -> new TcpProxy(targets, free));
    }

    /** Returns the loopback port that clients connect to. */
    public int port() {
        return port;
    }

    /** Returns the number of open connections, including those through a black hole. */
    public int connections() {
        return links.size();
    }

    /** Forwards new connections to another server from now on. Open connections are not affected. */
    public void retarget(String host, int port) {
        targets = List.of(new InetSocketAddress(host, port));
    }

    /** Holds all bytes in both directions. */
    public void blackHole() {
        faults.hold(true, true);
    }

    /** Holds all bytes from the clients to the server. */
    public void blackHoleRequests() {
        faults.hold(true, false);
    }

    /** Holds all bytes from the server to the clients. */
    public void blackHoleResponses() {
        faults.hold(false, true);
    }

    /** Delays each piece of an answer by the given time. */
    public void delay(Duration delay) {
        faults.delay(delay);
    }

    /** Resets the current connections on both sides. */
    public void cut() {
        // Clients reconnect at once; the copy excludes their new connections.
        List.copyOf(links).forEach(TcpLink::cut);
    }

    /** Refuses new connections. Open connections are not affected. */
    public synchronized void refuse() {
        if (listener != null) {
            closeQuietly(listener.socket());
            // The operating system keeps listening as long as a thread is inside accept().
            listener.awaitEnd();
            listener = null;
        }
    }

    /** Ends all faults and removes untriggered traps. The held bytes arrive now. */
    public synchronized void heal() {
        faults.heal();
        if (listener == null && !closed) {
            listen();
        }
    }

    /**
     * Black-holes the first connection on which {@code pattern} is sent. The server does not receive the bytes that
     * complete the pattern, or any later ones.
     *
     * @param pattern ASCII text; several patterns must be sent in this order on one connection, and the last one triggers
     *     the trap
     * @return a future that completes when the trap has been triggered
     */
    public CompletableFuture<Void> holdRequest(String... pattern) {
        return set(new TcpTrap(patterns(pattern), TcpTrap.Action.HOLD_REQUEST));
    }

    /**
     * Forwards {@code pattern} to the server, and black-holes the connection as soon as the server answers. The client does
     * not receive the answer.
     *
     * @param pattern as in {@link #holdRequest}
     * @return a future that completes when the server has answered
     */
    public CompletableFuture<Void> holdResponse(String... pattern) {
        return set(new TcpTrap(patterns(pattern), TcpTrap.Action.HOLD_RESPONSE));
    }

    /**
     * Forwards {@code pattern} to the server, and resets the connection as soon as the server answers. The client does not
     * receive the answer.
     *
     * @param pattern as in {@link #holdRequest}
     * @return a future that completes when the server has answered
     */
    public CompletableFuture<Void> dropResponse(String... pattern) {
        return set(new TcpTrap(patterns(pattern), TcpTrap.Action.DROP_RESPONSE));
    }

    private CompletableFuture<Void> set(TcpTrap trap) {
        faults.add(trap);
        return trap.triggered();
    }

    private static List<byte[]> patterns(String... patterns) {
        if (patterns.length == 0 || List.of(patterns).contains("")) {
            throw new IllegalArgumentException("pattern: empty (expected: text that a request contains)");
        }
        return Stream.of(patterns)
                .map(pattern -> pattern.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private synchronized void listen() {
        ServerSocket socket;
        try {
            socket = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new ServerStartException("cannot start a proxy on port " + port + ": " + e.getMessage(), e);
        }
        listener = new Listener(socket, daemon("accept", () -> accept(socket)));
    }

    private record Listener(ServerSocket socket, Thread acceptor) {
        void awaitEnd() {
            try {
                acceptor.join(ACCEPT_END_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                open(socket.accept());
            } catch (IOException e) {
                // The listener was closed, or a client disconnected immediately.
            }
        }
    }

    private void open(Socket client) {
        TcpLink link = new TcpLink(client, faults, links::remove);
        links.add(link);
        List<InetSocketAddress> current = targets;
        InetSocketAddress target = current.get(Math.floorMod(opened.getAndIncrement(), current.size()));
        daemon("connect", () -> link.run(target));
    }

    static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Refuses new connections permanently and resets open ones. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        refuse();
        cut();
    }
}
