package io.portcullis.testbed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

/** Free loopback ports. */
final class Ports {
    static final String LOOPBACK = "127.0.0.1";

    /** Redis nodes of a cluster talk to each other on their port plus this, which cannot be set before Redis 7. */
    private static final int CLUSTER_BUS_OFFSET = 10_000;

    // Below the range from which Linux and macOS take the ports of outgoing connections, also with the offset added: a
    // port from there could be taken again by any client before the server listens on it.
    private static final int LOWEST = 11_000;
    private static final int HIGHEST = 22_000;
    private static final int ATTEMPTS = 3;

    private Ports() {}

    /** Starts a server on a free port, and once more on another if somebody else took the port meanwhile. */
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

    private static int free() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && isFree(port + CLUSTER_BUS_OFFSET)) {
                return port;
            }
        }
        throw new ServerStartException("no free loopback port from " + LOWEST + " to " + HIGHEST, null);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
