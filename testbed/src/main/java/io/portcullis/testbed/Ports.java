package io.portcullis.testbed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

/** Finds free loopback ports for servers. */
public final class Ports {
    static final String LOOPBACK = "127.0.0.1";

    /** The offset of the cluster bus port of a Redis node, which is configurable only from Redis 7 on. */
    private static final int CLUSTER_BUS_OFFSET = 10_000;

    // Below the ephemeral port range of Linux and macOS, even with the offset added. An outgoing connection could
    // occupy a port of that
    // range before the server listens on it.
    private static final int LOWEST = 11_000;
    private static final int HIGHEST = 22_000;

    // Test JVMs that run side by side take ports of different remainders, so that none takes the port of a server that
    // another restarts.
    private static final int FORKS = 8;
    private static final int FORK = Integer.getInteger("portcullis.testbed.fork", 0) % FORKS;

    private static final int ATTEMPTS = 3;

    /** The last ports that were given, whose servers may not listen yet. */
    private static final Deque<Integer> GIVEN = new ArrayDeque<>();

    private static final int REMEMBERED = 200;

    private Ports() {}

    /**
     * Starts a server on a free port. Tries another port if a different process has occupied the port meanwhile, up to
     * three attempts.
     */
    static <T> T withFreePort(IntFunction<T> start) {
        for (int attempt = 1; ; attempt++) {
            try {
                return start.apply(free());
            } catch (ServerStartException e) {
                if (attempt == ATTEMPTS || !e.portWasTaken()) {
                    throw e;
                }
            }
        }
    }

    /** Returns a port that was free at the time of the call, and that none of the last calls returned. */
    public static synchronized int free() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST / FORKS, HIGHEST / FORKS) * FORKS + FORK;
            if (!GIVEN.contains(port) && isFree(port) && isFree(port + CLUSTER_BUS_OFFSET)) {
                GIVEN.add(port);
                if (GIVEN.size() > REMEMBERED) {
                    GIVEN.remove();
                }
                return port;
            }
        }
        throw new ServerStartException("no free loopback port between " + LOWEST + " and " + HIGHEST, null);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
