package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A service that keeps the text of each request as it arrives, answers it 200, and closes the connection. It reads a body as its
 * {@code Content-Length} says or, without one, to the last chunk.
 */
final class RecordingService implements AutoCloseable {
    private static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n";

    private final ServerSocket server;
    private final List<String> requests = new ArrayList<>();
    private volatile String headers = "";

    private RecordingService(ServerSocket server) {
        this.server = server;
    }

    static RecordingService start() {
        try {
            RecordingService service = new RecordingService(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread thread = new Thread(service::serve, "recording");
            thread.setDaemon(true);
            thread.start();
            return service;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    String uri() {
        return "http://127.0.0.1:" + port();
    }

    /** Adds these lines to all further answers. */
    void setResponseHeaders(String lines) {
        headers = lines;
    }

    /** What has arrived since this was called last. */
    List<String> take() {
        synchronized (requests) {
            List<String> taken = List.copyOf(requests);
            requests.clear();
            return taken;
        }
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(2_000);
                String request = read(socket.getInputStream());
                synchronized (requests) {
                    requests.add(request);
                }
                socket.getOutputStream().write((RESPONSE + headers + "\r\nok").getBytes(ISO_8859_1));
            } catch (IOException e) {
                // A request that broke off has been cut by the proxy.
            }
        }
    }

    private static String read(InputStream input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String text = "";
        while (!isWhole(text)) {
            int next = input.read();
            if (next < 0) {
                throw new IOException("broke off");
            }
            bytes.write(next);
            text = next == '\n' || bytes.size() > 4 ? bytes.toString(ISO_8859_1) : text;
        }
        return text;
    }

    private static boolean isWhole(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = text.substring(0, end + 2).toLowerCase(java.util.Locale.ROOT);
        if (head.contains("\r\ntransfer-encoding: chunked\r\n")) {
            // A trailer may follow the last chunk.
            return text.endsWith("\r\n\r\n") && text.contains("\r\n0\r\n");
        }
        int length = head.indexOf("\r\ncontent-length: ");
        return length < 0
                || text.length() - end - 4
                        >= Long.parseLong(head.substring(length + 18, head.indexOf("\r\n", length + 2)));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
