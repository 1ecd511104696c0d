package io.portcullis.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds free loopback ports below the ephemeral port range of Linux. */
public final class FreePort {
    private static final int FIRST = 23_000;
    private static final int LAST = 31_000;
    private static final int ATTEMPTS = 1_000;

    private FreePort() {}

    /** Returns a port that was free at the time of the call. */
    public static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // The port is occupied: try another one.
            }
        }
        throw new IllegalStateException("no free loopback port");
    }
}
