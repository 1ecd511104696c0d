package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Sends what no client library would. */
final class RawHttp {
    private static final int QUIET_MILLIS = 700;
    private static final long LIMIT_NANOS = 1_500_000_000L;

    private RawHttp() {}

    static Socket open(GatewayNode node) throws IOException {
        Socket socket = new Socket("localhost", node.uri("/").getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(QUIET_MILLIS);
        return socket;
    }

    /** What was answered until the connection closed, was quiet for a while, or the time was over. */
    static String exchange(GatewayNode node, String request) {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = open(node)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] buffer = new byte[8192];
            long end = System.nanoTime() + LIMIT_NANOS;
            for (int n; System.nanoTime() < end && (n = socket.getInputStream().read(buffer)) >= 0; ) {
                answer.append(new String(buffer, 0, n, ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            return answer.toString();
        } catch (IOException e) {
            if (answer.isEmpty()) {
                throw new UncheckedIOException(e);
            }
        }
        return answer.toString();
    }

    /** Sends, waits, and resets the connection without reading. */
    static void sendAndReset(GatewayNode node, String request, int delayMillis) throws Exception {
        try (Socket socket = open(node)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            Thread.sleep(delayMillis);
            socket.setSoLinger(true, 0);
        }
    }
}
