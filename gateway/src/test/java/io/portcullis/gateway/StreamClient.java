package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The client of one stream, on a plain socket, which sees every byte and the end of the connection. */
final class StreamClient implements AutoCloseable {
    private static final int LIMIT_MILLIS = 20_000;
    private static final int CLOSE_FRAME = 0x88;
    /** The headers of a WebSocket handshake, each with its line end. */
    static final String UPGRADE = String.join(
            "\r\n",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "");

    private static final String END_OF_HEAD = "\r\n\r\n";

    private final SocketChannel channel;
    private final StringBuilder received = new StringBuilder();

    private StreamClient(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Requests the path, as a WebSocket if its name says so, and waits for the head and the first bytes of the body. Without a
     * token, the credential is in the path.
     */
    static StreamClient open(GatewayNode node, String path, @Nullable String token) throws IOException {
        StreamClient client = request(node, path, token);
        while (client.bodyStart() < 0 || client.received.length() <= client.bodyStart()) {
            if (!client.read()) {
                throw new AssertionError("the stream ended before it began: " + client.received);
            }
        }
        return client;
    }

    /** Requests the path, and waits for the head alone. */
    static StreamClient request(GatewayNode node, String path, @Nullable String token, String... headers)
            throws IOException {
        StreamClient client = send(node, path, token, headers);
        client.awaitHead();
        return client;
    }

    /** Requests the path, and waits for nothing. */
    static StreamClient send(GatewayNode node, String path, @Nullable String token, String... headers)
            throws IOException {
        var channel = SocketChannel.open(
                new InetSocketAddress("localhost", node.uri("/").getPort()));
        channel.socket().setSoTimeout(LIMIT_MILLIS);
        StreamClient client = new StreamClient(channel);
        String head = (path.contains("/ws") ? UPGRADE : "")
                + Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        String authorization = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
        client.send("GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n".formatted(path, authorization, head));
        return client;
    }

    void send(String text) throws IOException {
        channel.socket().getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Sends an empty text frame with a mask of zeros. */
    void sendMessage() throws IOException {
        send("\u0081\u0080\0\0\0\0");
    }

    /** Sends messages of 64 KB until the connection takes no more for a second. */
    void sendUntilBlocked() throws IOException {
        channel.configureBlocking(false);
        ByteBuffer message = ByteBuffer.allocate(4 + 4 + 65_535);
        message.put(new byte[] {(byte) 0x82, (byte) 0xfe, (byte) 0xff, (byte) 0xff})
                .clear();
        long lastProgress = System.nanoTime();
        while (System.nanoTime() - lastProgress < TimeUnit.SECONDS.toNanos(1)) {
            if (channel.write(message) > 0) {
                lastProgress = System.nanoTime();
            } else {
                Thread.onSpinWait();
            }
            if (!message.hasRemaining()) {
                message.clear();
            }
        }
        channel.configureBlocking(true);
    }

    /** Sends a close frame with a mask of zeros; with no status if it is 0. */
    void sendClose(int status) throws IOException {
        send(
                status == 0
                        ? "\u0088\u0080\0\0\0\0"
                        : "\u0088\u0082\0\0\0\0" + (char) (status >> 8) + (char) (status & 0xff));
    }

    private int bodyStart() {
        int end = received.indexOf(END_OF_HEAD);
        return end < 0 ? -1 : end + END_OF_HEAD.length();
    }

    /** Returns the status line of the response. */
    String status() {
        return received.substring(0, Math.max(0, received.indexOf("\r\n")));
    }

    /** Returns the head of the response. */
    String head() {
        return received.substring(0, Math.max(0, bodyStart()));
    }

    /** Returns the bytes of the body so far, as they are on the wire. */
    String body() {
        return received.substring(bodyStart());
    }

    /** Reads what is there, or waits for more. Returns whether the connection is still open. */
    private boolean read() throws IOException {
        byte[] bytes = new byte[8192];
        int length;
        try {
            length = channel.socket().getInputStream().read(bytes);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the stream is still open after these bytes: " + received, e);
        } catch (IOException e) {
            // A reset ends the connection as well.
            return false;
        }
        received.append(length < 0 ? "" : new String(bytes, 0, length, ISO_8859_1));
        return length >= 0;
    }

    /** Waits for the head of the response, or for the end of the connection. */
    void awaitHead() throws IOException {
        while (bodyStart() < 0 && read()) {}
    }

    /** Waits until the body contains the text, or for the end of the connection. */
    void awaitBody(String text) throws IOException {
        while ((bodyStart() < 0 || !body().contains(text)) && read()) {}
    }

    /** Reads until the connection ends, for 20 s at most: a stream that sends on would never time out. */
    void awaitEnd() throws IOException {
        Await.until("the stream has ended", Duration.ofMillis(LIMIT_MILLIS), () -> !read());
    }

    /** Waits for one more read, to see that the stream is alive. */
    void awaitMore() throws IOException {
        if (!read()) {
            throw new AssertionError("the stream has ended: " + body());
        }
    }

    /** Returns whether the connection has ended, without waiting for anything that has not arrived yet. */
    boolean hasEnded() throws IOException {
        channel.configureBlocking(false);
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        int length;
        while ((length = channel.read(buffer)) > 0) {
            received.append(new String(buffer.array(), 0, length, ISO_8859_1));
            buffer.clear();
        }
        return length < 0;
    }

    /** Returns the status and reason of the WebSocket's close frame, {@code none} without one. Its messages are short. */
    String closeFrame() {
        String frames = body();
        for (int at = 0; at + 1 < frames.length(); at += 2 + frames.charAt(at + 1)) {
            if (frames.charAt(at) == CLOSE_FRAME) {
                return StreamingService.closeOf(frames.substring(at + 2, at + 2 + frames.charAt(at + 1)));
            }
        }
        return "none";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
