package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A WebSocket through the gateway. A test holds both ends of it as plain sockets, with no library between it and the bytes. */
final class WebSocketPair implements AutoCloseable {
    private static final int LIMIT_MILLIS = 20_000;
    private static final Map<String, CompletableFuture<Accepted>> handshakes = new ConcurrentHashMap<>();

    private final End client;
    private final End service;
    private final Runnable whenOver;

    private WebSocketPair(End client, End service, Runnable whenOver) {
        this.client = client;
        this.service = service;
        this.whenOver = whenOver;
    }

    private record Accepted(ScriptedService.Wire wire, Runnable whenOver) {}

    /** The script of a service that leaves the connections of its WebSockets to the tests. */
    static void accept(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3p\r\nSec-WebSocket-Extensions: "
                + request.header("sec-websocket-extensions") + "\r\n\r\n");
        var over = new CompletableFuture<Void>();
        Objects.requireNonNull(handshakes.get(request.path())).complete(new Accepted(wire, () -> over.complete(null)));
        over.get(1, TimeUnit.MINUTES);
    }

    /**
     * Opens a WebSocket.
     *
     * @param prefix the beginning of the path, for which the node has a route to a service with the script {@link #accept}
     * @param extensions the value of {@code Sec-WebSocket-Extensions}, with which the service answers as well
     */
    static WebSocketPair open(GatewayNode node, String prefix, String token, String extensions) throws Exception {
        String path = prefix + UUID.randomUUID();
        var handshake = new CompletableFuture<Accepted>();
        handshakes.put(path, handshake);
        Socket socket = RawHttp.open(node);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                                + "Sec-WebSocket-Extensions: " + extensions + "\r\n" + StreamClient.UPGRADE + "\r\n")
                        .getBytes(ISO_8859_1));
        End client = End.of(socket, socket.getInputStream());
        client.receiveHead("Sec-WebSocket-Extensions: " + extensions + "\r\n");
        Accepted accepted = handshake.get(20, TimeUnit.SECONDS);
        handshakes.remove(path);
        return new WebSocketPair(
                client, End.of(accepted.wire().socket(), accepted.wire().input()), accepted.whenOver());
    }

    End client() {
        return client;
    }

    End service() {
        return service;
    }

    @Override
    public void close() {
        client.close();
        service.close();
        whenOver.run();
    }

    /** One end of the WebSocket. */
    record End(Socket socket, InputStream input) {
        private static End of(Socket socket, InputStream input) throws IOException {
            socket.setSoTimeout(LIMIT_MILLIS);
            return new End(socket, input);
        }

        private void receiveHead(String header) throws IOException {
            StringBuilder head = new StringBuilder();
            for (int next; head.indexOf("\r\n\r\n") < 0 && (next = input.read()) >= 0; ) {
                head.append((char) next);
            }
            if (head.indexOf("HTTP/1.1 101 ") != 0 || head.indexOf(header) < 0) {
                throw new AssertionError("head: " + head + " (expected: 101 with " + header + ")");
            }
        }

        /** Sends the bytes in pieces of random lengths, each with its own system call. */
        void send(byte[] bytes, int longestPiece, Random random) {
            try {
                for (int at = 0; at < bytes.length; ) {
                    at += sendPiece(bytes, at, longestPiece, random);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private int sendPiece(byte[] bytes, int at, int longestPiece, Random random) throws IOException {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(longestPiece));
            socket.getOutputStream().write(bytes, at, length);
            return length;
        }

        /** Sends the bytes in pieces of random lengths with short pauses, until all is sent or the gateway has ended the WebSocket. */
        void trickle(byte[] bytes, int longestPiece, Random random) {
            try {
                for (int at = 0; at < bytes.length; ) {
                    at += sendPiece(bytes, at, longestPiece, random);
                    LockSupport.parkNanos(random.nextInt(1_000_000));
                }
            } catch (IOException e) {
                return;
            }
        }

        byte[] receive(int length) {
            try {
                return input.readNBytes(length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Returns all bytes up to the end of the connection, be it a FIN or a reset. */
        byte[] receiveAll() {
            var received = new ByteArrayOutputStream();
            byte[] buffer = new byte[65_536];
            try {
                for (int n; (n = input.read(buffer)) >= 0; ) {
                    received.write(buffer, 0, n);
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("the connection is still open after " + received.size() + " bytes", e);
            } catch (IOException e) {
                return received.toByteArray();
            }
            return received.toByteArray();
        }

        void reset() {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            close();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
