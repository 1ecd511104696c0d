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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network between a client and a server that can fail: a proxy on a loopback port that passes bytes on, unchanged, until it is
 * told not to. Requests are what the client sends, answers what the server sends.
 *
 * <ul>
 *   <li>{@link #blackHole()}, {@link #blackHoleRequests()}, {@link #blackHoleAnswers()}: nothing arrives any more, neither bytes nor the
 *       end of a connection; connections stay, and new ones are accepted. As with packets that are sent again, what was held
 *       arrives after {@link #heal()}, unless the connection was cut meanwhile;
 *   <li>{@link #delay}: answers arrive late;
 *   <li>{@link #cut()}: the connections of this moment are reset, at both ends, and what was held is lost;
 *   <li>{@link #refuse()}: new connections are refused; those that are open stay, so a dead server is both this and a cut;
 *   <li>{@link #holdRequest}, {@link #holdAnswer}, {@link #dropAnswer}: a trap, which one connection steps into once.
 * </ul>
 *
 * <p>Faults add up until {@link #heal()} ends all of them. Safe for use by many threads.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BACKLOG = 500;
    private static final long ACCEPT_END_MILLIS = 1_000;

    private final int port;
    private final TcpFaults faults = new TcpFaults();
    private final Set<TcpLink> links = ConcurrentHashMap.newKeySet();
    private volatile InetSocketAddress target;
    private @Nullable Listener listener;
    private boolean closed;

    private TcpProxy(InetSocketAddress target, int port) {
        this.target = target;
        this.port = port;
        listen();
    }

    /** A proxy on a free port for the server there, which need not run yet. */
    public static TcpProxy to(String host, int port) {
        InetSocketAddress target = new InetSocketAddress(host, port);
        return Ports.withFreePort(free -> new TcpProxy(target, free));
    }

    /** The loopback port to connect to. */
    public int port() {
        return port;
    }

    /** How many connections are open, also those whose ends no longer hear each other. */
    public int connections() {
        return links.size();
    }

    /** From now on new connections go to the server there. */
    public void retarget(String host, int port) {
        target = new InetSocketAddress(host, port);
    }

    /** Nothing arrives any more, in neither direction. */
    public void blackHole() {
        faults.hold(true, true);
    }

    /** Nothing from the clients arrives at the server any more. */
    public void blackHoleRequests() {
        faults.hold(true, false);
    }

    /** Nothing from the server arrives at the clients any more. */
    public void blackHoleAnswers() {
        faults.hold(false, true);
    }

    /** Each piece of an answer arrives that much later. */
    public void delay(Duration delay) {
        faults.delay(delay);
    }

    /** Resets the connections of this moment. */
    public void cut() {
        // Whoever notices connects again at once: those connections are not of this moment.
        List.copyOf(links).forEach(TcpLink::cut);
    }

    /** Refuses new connections. */
    public synchronized void refuse() {
        if (listener != null) {
            closeQuietly(listener.socket());
            // The system goes on listening for as long as a thread is in accept.
            listener.awaitEnd();
            listener = null;
        }
    }

    /** Ends all faults and removes the traps that nothing stepped into. What was held arrives now. */
    public synchronized void heal() {
        faults.heal();
        if (listener == null && !closed) {
            listen();
        }
    }

    /**
     * Black-holes the first connection on which {@code pattern} is sent, from the bytes on that came with it: the server does not
     * get them.
     *
     * @param pattern ASCII; several must be sent in that order on one connection, and the last one counts
     * @return completes when it has happened
     */
    public CompletableFuture<Void> holdRequest(String... pattern) {
        return set(new TcpTrap(patterns(pattern), TcpTrap.Spring.HOLD_REQUEST));
    }

    /**
     * Lets {@code pattern} pass to the server and black-holes the connection it was sent on as soon as the server answers: the
     * client does not get the answer.
     *
     * @param pattern as in {@link #holdRequest}
     * @return completes when the server has answered
     */
    public CompletableFuture<Void> holdAnswer(String... pattern) {
        return set(new TcpTrap(patterns(pattern), TcpTrap.Spring.HOLD_ANSWER));
    }

    /**
     * Lets {@code pattern} pass to the server and resets the connection it was sent on as soon as the server answers: the client
     * does not get the answer.
     *
     * @param pattern as in {@link #holdRequest}
     * @return completes when the server has answered
     */
    public CompletableFuture<Void> dropAnswer(String... pattern) {
        return set(new TcpTrap(patterns(pattern), TcpTrap.Spring.DROP_ANSWER));
    }

    private CompletableFuture<Void> set(TcpTrap trap) {
        faults.add(trap);
        return trap.sprung();
    }

    private static List<byte[]> patterns(String... patterns) {
        if (patterns.length == 0 || List.of(patterns).contains("")) {
            throw new IllegalArgumentException("pattern: empty (expected: what a request has in it)");
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
            throw new ServerStartException("a proxy cannot listen on port " + port + ": " + e.getMessage(), e);
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
                // The listener was closed, or one client went away at once.
            }
        }
    }

    private void open(Socket client) {
        TcpLink link = new TcpLink(client, faults, links::remove);
        links.add(link);
        daemon("connect", () -> link.run(target));
    }

    static Thread daemon(String what, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + what);
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

    /** Refuses new connections for good and resets those that are open. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        refuse();
        cut();
    }
}
