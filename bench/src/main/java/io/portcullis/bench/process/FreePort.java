package io.portcullis.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free loopback ports, below the range from which Linux takes those of outgoing connections. */
public final class FreePort {
    private static final int FIRST = 23_000;
    private static final int LAST = 31_000;
    private static final int ATTEMPTS = 1_000;

    private FreePort() {}

    public static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken; the next one
            }
        }
        throw new IllegalStateException("no free loopback port");
    }
}
