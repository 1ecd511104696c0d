package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Locale;

/** Sends raw bytes as an HTTP request, including malformed ones that no client library would send. */
final class RawHttp {
    private static final int QUIET_MILLIS = 700;
    private static final int FIRST_BYTE_MILLIS = 20_000;
    private static final long LIMIT_NANOS = 1_500_000_000L;

    private RawHttp() {}

    static Socket open(GatewayNode node) throws IOException {
        Socket socket = new Socket("localhost", node.uri("/").getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(QUIET_MILLIS);
        return socket;
    }

    /**
     * Returns everything that the gateway sends until it closes the connection, or is quiet for a while after the first byte, or the time
     * is over. A busy machine may take long for the first byte.
     */
    static String exchange(GatewayNode node, String request) {
        StringBuilder response = new StringBuilder();
        try (Socket socket = open(node)) {
            socket.setSoTimeout(FIRST_BYTE_MILLIS);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] buffer = new byte[8192];
            int n = socket.getInputStream().read(buffer);
            socket.setSoTimeout(QUIET_MILLIS);
            for (long end = System.nanoTime() + LIMIT_NANOS;
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                response.append(new String(buffer, 0, n, ISO_8859_1));
                if (System.nanoTime() > end) {
                    break;
                }
            }
        } catch (SocketTimeoutException e) {
            return response.toString();
        } catch (IOException e) {
            if (response.isEmpty()) {
                throw new UncheckedIOException(e);
            }
        }
        return response.toString();
    }

    /**
     * Returns the response to one request: its head, and the body if it arrives at once. Empty if the connection is closed
     * without a response or the time limit is reached.
     */
    static String head(int port, byte[] request) throws IOException {
        StringBuilder response = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request);
            byte[] buffer = new byte[8192];
            for (int n; !isWhole(response) && (n = socket.getInputStream().read(buffer)) >= 0; ) {
                response.append(new String(buffer, 0, n, ISO_8859_1));
            }
        } catch (SocketException | SocketTimeoutException e) {
            return response.toString();
        }
        return response.toString();
    }

    private static boolean isWhole(StringBuilder response) {
        int end = response.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = response.substring(0, end).toLowerCase(Locale.ROOT);
        int length = head.indexOf("\r\ncontent-length: ");
        if (length < 0) {
            return !head.contains("transfer-encoding: chunked") || response.indexOf("\r\n0\r\n\r\n") > 0;
        }
        String digits = head.substring(length + 18).replaceFirst("(?s)\\D.*", "");
        return response.length() >= end + 4 + Integer.parseInt(digits);
    }

    /** Sends a request, waits, and resets the connection without reading the response. */
    static void sendAndReset(GatewayNode node, String request, int delayMillis) throws Exception {
        try (Socket socket = open(node)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            Thread.sleep(delayMillis);
            socket.setSoLinger(true, 0);
        }
    }
}
