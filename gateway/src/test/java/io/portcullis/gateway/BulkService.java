package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service with long answers, on blocking sockets, so that none of its memory is Netty's. {@code /bulk/length}, {@code /bulk/chunked},
 * {@code /bulk/events} and {@code /bulk/websocket} answer with many bytes, {@code /bulk/never} reads no body and does not answer.
 */
final class BulkService implements AutoCloseable {
    static final int BYTES = 50_000_000;
    private static final byte[] PIECE = ("data: " + "x".repeat(9_992) + "\n\n").getBytes(ISO_8859_1);
    private static final int BACKLOG = 1_000;

    private final ServerSocket server;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();

    private BulkService(ServerSocket server) {
        this.server = server;
    }

    static BulkService start() {
        try {
            var service = new BulkService(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            service.thread(service::accept);
            return service;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String uri() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** How many connections the gateway has open. */
    int open() {
        return open.get();
    }

    /** How many pieces of bodies have been sent. */
    int sent() {
        return sent.get();
    }

    private void thread(Runnable task) {
        Thread thread = new Thread(null, task, "bulk", 128 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.incrementAndGet();
                thread(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            String head = readHead(socket.getInputStream());
            while (!head.isEmpty()) {
                respond(head, socket);
                head = readHead(socket.getInputStream());
            }
        } catch (IOException e) {
            // The gateway has closed the connection.
        } finally {
            open.decrementAndGet();
        }
    }

    private static String readHead(InputStream input) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next; head.indexOf("\r\n\r\n") < 0; head.append((char) next)) {
            next = input.read();
            if (next < 0) {
                return "";
            }
        }
        return head.toString();
    }

    private void respond(String head, Socket socket) throws IOException {
        String path = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
        OutputStream output = socket.getOutputStream();
        switch (path) {
            case "/bulk/length" -> write(output, "Content-Length: " + BYTES, "", "", "");
            case "/bulk/chunked" -> write(output, "Transfer-Encoding: chunked", "2710\r\n", "\r\n", "0\r\n\r\n");
            case "/bulk/events" ->
                write(
                        output,
                        "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked",
                        "2710\r\n",
                        "\r\n",
                        "0\r\n\r\n");
            case "/bulk/websocket" -> writeFrames(output, head);
            default -> park(socket);
        }
    }

    /** Accepts the WebSocket, and sends binary frames (RFC 6455 section 5.2). */
    private void writeFrames(OutputStream output, String head) throws IOException {
        String key = head.replaceFirst("(?is).*\\r\\nsec-websocket-key: *([^\\r]*)\\r.*", "$1");
        output.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + ScriptedResponse.acceptOf(key) + "\r\n\r\n")
                .getBytes(ISO_8859_1));
        byte[] frame = {(byte) 0x82, 126, (byte) (PIECE.length >> 8), (byte) PIECE.length};
        for (int bytes = 0; bytes < BYTES; bytes += PIECE.length) {
            output.write(frame);
            output.write(PIECE);
            sent.incrementAndGet();
        }
    }

    private void write(OutputStream output, String header, String before, String after, String end) throws IOException {
        output.write(("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n").getBytes(ISO_8859_1));
        for (int bytes = 0; bytes < BYTES; bytes += PIECE.length) {
            output.write(before.getBytes(ISO_8859_1));
            output.write(PIECE);
            output.write(after.getBytes(ISO_8859_1));
            sent.incrementAndGet();
        }
        output.write(end.getBytes(ISO_8859_1));
    }

    /** Takes nothing more, and notices the end of the connection by a write that fails. */
    private static void park(Socket socket) throws IOException {
        try {
            while (true) {
                Thread.sleep(200);
                socket.sendUrgentData(0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
