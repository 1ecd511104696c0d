package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that sends each line back, behind a {@link TcpProxy}, and its clients. */
final class EchoBehindProxy implements AutoCloseable {
    static final int SHORT = 200;
    static final int LONG = 10_000;
    static final Duration LIMIT = Duration.ofSeconds(10);

    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final List<Closeable> open = new ArrayList<>();
    private final TcpProxy proxy;

    EchoBehindProxy() {
        proxy = TcpProxy.to("127.0.0.1", startServer("").getLocalPort());
    }

    TcpProxy proxy() {
        return proxy;
    }

    /** Returns the lines that the servers have received, and {@code (end)} or {@code (reset)} for each connection that has ended. */
    Queue<String> received() {
        return received;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        for (Closeable each : open) {
            each.close();
        }
    }

    /** Starts a server that sends each line back, with a prefix. */
    ServerSocket startServer(String prefix) {
        ServerSocket server;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.add(server);
        TcpProxy.daemon("test-server", () -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    TcpProxy.daemon("test-echo", () -> echo(socket, prefix));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private void echo(Socket socket, String prefix) {
        try (socket) {
            for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
                received.add(line);
                send(socket, prefix + line);
            }
            received.add("(end)");
        } catch (IOException e) {
            received.add("(reset)");
        }
    }

    static void send(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the next line; empty at the end of the stream. */
    static String line(Socket socket) throws IOException {
        InputStream input = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        open.add(socket);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LONG);
        return socket;
    }

    static String exchange(Socket socket, String line) throws IOException {
        send(socket, line);
        return line(socket);
    }

    static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SHORT);
        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(LONG);
    }
}
