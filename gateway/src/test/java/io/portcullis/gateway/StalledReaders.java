package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Opens clients that request a long response and read only its first bytes. */
final class StalledReaders implements AutoCloseable {
    private static final int LIMIT_MILLIS = 30_000;

    private final List<Socket> sockets = new ArrayList<>();

    /** Opens the connections and returns when all responses have begun. */
    static StalledReaders open(int count, URI uri, String... headers) throws IOException {
        var readers = new StalledReaders();
        String request =
                "GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            readers.sockets.add(socket);
            socket.setReceiveBufferSize(4_096);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.connect(new InetSocketAddress("localhost", uri.getPort()));
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        }
        for (Socket socket : readers.sockets) {
            String status = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
            if (!status.equals("HTTP/1.1 200") && !status.equals("HTTP/1.1 101")) {
                throw new AssertionError(status);
            }
        }
        return readers;
    }

    int count() {
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
