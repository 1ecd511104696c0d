package io.portcullis.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection through a {@link TcpProxy}, with one thread for each direction. */
final class TcpLink {
    private static final int CHUNK = 16_384;
    private static final int CONNECT_MILLIS = 5_000;
    private static final long NEVER = -1;

    private final Socket client;
    private final Socket server = new Socket();
    private final TcpFaults faults;
    private final Consumer<TcpLink> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** The number of heals when a trap held this direction, {@code NEVER} if none has. */
    private volatile long requestsHeldAt = NEVER;

    private volatile long responsesHeldAt = NEVER;
    private volatile @Nullable TriggeredTrap triggeredTrap;
    private byte[] lastRequest = {};

    TcpLink(Socket client, TcpFaults faults, Consumer<TcpLink> onClose) {
        this.client = client;
        this.faults = faults;
        this.onClose = onClose;
    }

    /**
     * Connects to the server, and forwards the requests on this thread until they end. Another thread forwards the
     * responses.
     */
    void run(InetSocketAddress target) {
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            faults.awaitWhile(this::requestsHeld);
            server.connect(target, CONNECT_MILLIS);
        } catch (IOException | InterruptedException e) {
            cut();
            return;
        }
        TcpProxy.daemon("answers", () -> pump(server, client, this::passResponse));
        pump(client, server, this::passRequest);
    }

    private boolean open() {
        return !closed.get();
    }

    private boolean requestsHeld() {
        return open() && (faults.requestsHeld() || requestsHeldAt == faults.heals());
    }

    private boolean responsesHeld() {
        return open() && (faults.responsesHeld() || responsesHeldAt == faults.heals());
    }

    private void pump(Socket from, Socket to, Gate gate) {
        byte[] buffer = new byte[CHUNK];
        try {
            InputStream input = from.getInputStream();
            for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
                byte[] chunk = Arrays.copyOf(buffer, length);
                gate.pass(chunk);
                if (!open()) {
                    // The wait ended because the connection was cut; the held bytes must not be forwarded.
                    return;
                }
                to.getOutputStream().write(chunk);
            }
            gate.pass(new byte[0]);
            end(to);
        } catch (IOException e) {
            reset(gate);
        } catch (InterruptedException e) {
            cut();
        }
    }

    /** Forwards a reset of one side to the other, but not through a black hole. */
    private void reset(Gate gate) {
        try {
            gate.pass(new byte[0]);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }

    /** Closes one direction. The other direction remains open until it ends as well. */
    private void end(Socket to) throws IOException {
        synchronized (this) {
            if (open() && !to.isOutputShutdown()) {
                to.shutdownOutput();
            }
        }
        if (client.isOutputShutdown() && server.isOutputShutdown()) {
            close();
        }
    }

    private void passRequest(byte[] chunk) throws InterruptedException {
        faults.awaitWhile(this::requestsHeld);
        findTrap(chunk).ifPresent(this::trigger);
        faults.awaitWhile(this::requestsHeld);
    }

    private Optional<TcpTrap> findTrap(byte[] chunk) {
        byte[] seen = Arrays.copyOf(lastRequest, lastRequest.length + chunk.length);
        System.arraycopy(chunk, 0, seen, lastRequest.length, chunk.length);
        Optional<TcpTrap> trap = chunk.length == 0 ? Optional.empty() : faults.trigger(this, seen);
        // After a match the same bytes must not count for the next trap.
        int keep = trap.isPresent() ? 0 : Math.min(faults.overlap(), seen.length);
        lastRequest = Arrays.copyOfRange(seen, seen.length - keep, seen.length);
        return trap;
    }

    private void trigger(TcpTrap trap) {
        if (trap.action() == TcpTrap.Action.HOLD_REQUEST) {
            hold();
            trap.triggered().complete(null);
        } else {
            triggeredTrap = new TriggeredTrap(trap, faults.heals());
        }
    }

    private void hold() {
        long heals = faults.heals();
        requestsHeldAt = heals;
        responsesHeldAt = heals;
    }

    private void passResponse(byte[] chunk) throws InterruptedException {
        faults.awaitDelay(this::open);
        TriggeredTrap now = triggeredTrap;
        if (now != null && chunk.length > 0) {
            triggeredTrap = null;
            applyTrap(now);
        }
        faults.awaitWhile(this::responsesHeld);
    }

    private void applyTrap(TriggeredTrap now) {
        if (now.heals != faults.heals()) {
            return;
        }
        if (now.trap.action() == TcpTrap.Action.DROP_RESPONSE) {
            cut();
        } else {
            hold();
        }
        now.trap.triggered().complete(null);
    }

    /** Resets both sides of the connection. */
    void cut() {
        try {
            // With this option, closing sends RST instead of FIN and discards unsent bytes.
            client.setSoLinger(true, 0);
            server.setSoLinger(true, 0);
        } catch (SocketException e) {
            // It is closed already.
        }
        close();
    }

    private void close() {
        if (closed.compareAndSet(false, true)) {
            TcpProxy.closeQuietly(client);
            TcpProxy.closeQuietly(server);
            onClose.accept(this);
            faults.linkClosed();
        }
    }

    /**
     * A trap whose patterns a request has completed. Its action applies to the next response.
     *
     * @param heals the number of heals when the trap was triggered
     */
    private record TriggeredTrap(TcpTrap trap, long heals) {}

    /** Blocks until a piece may be forwarded or the connection is closed. */
    private interface Gate {
        void pass(byte[] chunk) throws InterruptedException;
    }
}
