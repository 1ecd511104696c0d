package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.portcullis.testbed.Await;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks HTTP/2 without TLS and sends the frames and headers that a test specifies, legal or not. It returns no flow-control
 * credit of a stream by itself.
 */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int LARGEST_PREFIX = 127;
    /** For all streams of a connection together. */
    private static final int LARGE_CREDIT = 1_000_000_000;

    private final Socket socket;
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Response> responses = new ConcurrentHashMap<>();
    private int lastStream = -1;
    /** Whether the settings of the gateway have been acknowledged. */
    private volatile boolean acknowledged;

    private volatile boolean closed;
    private volatile @Nullable Http2Error goAway;

    private RawHttp2(Socket socket) {
        this.socket = socket;
    }

    /** What has arrived on a stream. */
    static final class Response {
        private volatile String status = "";
        private volatile String headers = "";
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private volatile boolean complete;
        private volatile @Nullable Http2Error reset;

        synchronized String body() {
            return body.toString(ISO_8859_1);
        }

        private synchronized void add(byte[] part) {
            body.writeBytes(part);
        }

        String headers() {
            return headers;
        }

        boolean hasHead() {
            return !status.isEmpty();
        }

        /** Returns the status of a complete response, the name of an error that reset the stream, or both. */
        String result() {
            Http2Error error = reset;
            return (status + (error == null ? "" : " " + error)).strip();
        }
    }

    static RawHttp2 open(URI uri) throws IOException {
        return open(uri, 65_535);
    }

    /** Opens a connection whose streams may receive as many bytes before the client sends a window update. */
    static RawHttp2 open(URI uri, int window) throws IOException {
        var client = new RawHttp2(new Socket("localhost", uri.getPort()));
        client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        client.frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) INITIAL_WINDOW_SIZE)
                        .putInt(window)
                        .array());
        Thread reader = new Thread(client::read, "raw-http2");
        reader.setDaemon(true);
        reader.start();
        // No frame may come between those of one block of headers.
        Await.until("the settings", () -> client.acknowledged);
        client.credit(0, LARGE_CREDIT);
        return client;
    }

    /** Begins a request, and returns its stream. Names and values of headers in turn. */
    int begin(boolean complete, String... fields) throws IOException {
        lastStream += 2;
        frame(HEADERS, END_HEADERS | (complete ? END_STREAM : 0), lastStream, block(fields));
        return lastStream;
    }

    /** Sends a request without a body, and waits for the end of its stream. */
    Response exchange(String... fields) throws IOException {
        return await(begin(true, fields));
    }

    /** Sends a GET request without a body, with further headers, and waits for the end of its stream. */
    Response get(String path, String... more) throws IOException {
        return exchange(head("GET", path, more));
    }

    static String[] head(String method, String path, String... more) {
        String[] fields = new String[8 + more.length];
        System.arraycopy(
                new String[] {":method", method, ":scheme", "http", ":authority", "localhost", ":path", path},
                0,
                fields,
                0,
                8);
        System.arraycopy(more, 0, fields, 8, more.length);
        return fields;
    }

    /** Waits for the end of a stream, or of the connection. */
    Response await(int stream) {
        Response response = response(stream);
        Await.until("the end of stream " + stream, () -> response.complete || response.reset != null || closed);
        return response;
    }

    Response response(int stream) {
        return responses.computeIfAbsent(stream, any -> new Response());
    }

    /** Waits until the gateway closes the connection. Returns the error of its last GOAWAY frame, null if there was none. */
    @Nullable
    Http2Error awaitClose() {
        Await.until("the gateway closes the connection", () -> closed);
        return goAway;
    }

    @Nullable
    Http2Error goAway() {
        return goAway;
    }

    void data(int stream, boolean last, byte[] bytes) throws IOException {
        frame(DATA, last ? END_STREAM : 0, stream, bytes);
    }

    void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, number((int) Http2Error.CANCEL.code()));
    }

    /** Allows that many more bytes on a stream, or on the connection if it is 0. */
    void credit(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    void ping() throws IOException {
        frame(PING, 0, 0, new byte[8]);
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    /** Encodes headers without the dynamic table and without Huffman codes. Names and values in turn. */
    static byte[] block(String... fields) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            byte[] text = fields[i].getBytes(ISO_8859_1);
            length(block, text.length);
            block.writeBytes(text);
        }
        return block.toByteArray();
    }

    private static void length(ByteArrayOutputStream block, int length) {
        if (length < LARGEST_PREFIX) {
            block.write(length);
            return;
        }
        block.write(LARGEST_PREFIX);
        int rest = length - LARGEST_PREFIX;
        for (; rest >= 128; rest /= 128) {
            block.write(rest % 128 + 128);
        }
        block.write(rest);
    }

    static byte[] encode(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt((payload.length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        write(encode(type, flags, stream, payload));
    }

    synchronized void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private void read() {
        try {
            var input = new DataInputStream(socket.getInputStream());
            while (true) {
                int lengthAndType = input.readInt();
                int flags = input.readUnsignedByte();
                int stream = input.readInt();
                byte[] payload = new byte[lengthAndType >>> 8];
                input.readFully(payload);
                take(lengthAndType & 0xff, flags, stream, payload);
            }
        } catch (EOFException e) {
            closed = true;
        } catch (IOException | Http2Exception e) {
            closed = true;
        }
    }

    private void take(int type, int flags, int stream, byte[] payload) throws IOException, Http2Exception {
        switch (type) {
            case DATA -> response(stream).add(payload);
            case HEADERS -> takeHeaders(stream, payload);
            case RST_STREAM ->
                response(stream).reset =
                        Http2Error.valueOf(ByteBuffer.wrap(payload).getInt());
            case GOAWAY -> goAway = Http2Error.valueOf(ByteBuffer.wrap(payload).getInt(4));
            case SETTINGS -> {
                acknowledge(SETTINGS, flags, new byte[0]);
                acknowledged |= (flags & ACK) == 0;
            }
            case PING -> acknowledge(PING, flags, payload);
            default -> {
                return;
            }
        }
        if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
            response(stream).complete = true;
        }
    }

    private void acknowledge(int type, int flags, byte[] payload) throws IOException {
        if ((flags & ACK) == 0) {
            frame(type, ACK, 0, payload);
        }
    }

    private void takeHeaders(int stream, byte[] block) throws Http2Exception {
        Http2Headers decoded = headers.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
        if (decoded.status() != null) {
            response(stream).headers = decoded.toString();
            response(stream).status = decoded.status().toString();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
