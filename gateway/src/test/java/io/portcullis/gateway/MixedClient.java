package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.portcullis.gateway.UnreliableService.Ending;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A client that sends random requests to an {@link UnreliableService}, and leaves some of them at a random moment. */
final class MixedClient {
    private static final int LIMIT_MILLIS = 20_000;
    /** Those that a response of any kind may have, and that leave nothing open for long. */
    private static final List<Ending> ENDINGS = List.of(
            Ending.WHOLE,
            Ending.WHOLE,
            Ending.WHOLE,
            Ending.CHUNKED,
            Ending.CHUNKED,
            Ending.UNTIL_CLOSE,
            Ending.INTERIM,
            Ending.TWICE,
            Ending.CUT_HEAD,
            Ending.CUT_BODY,
            Ending.CUT_CHUNK,
            Ending.RESET_BODY,
            Ending.CLOSE,
            Ending.RESET,
            Ending.LATE);

    /** What all clients have seen: the number of each outcome, and each response at the wrong caller. */
    static final class Outcomes {
        private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

        private void count(String outcome) {
            counts.computeIfAbsent(outcome, any -> new LongAdder()).increment();
        }

        Map<String, LongAdder> counts() {
            return counts;
        }

        Queue<String> wrong() {
            return wrong;
        }

        long total() {
            return counts.values().stream().mapToLong(LongAdder::sum).sum();
        }
    }

    private final GatewayNode node;
    private final String token;
    private final String name;
    private final Random random;
    private final Outcomes outcomes;
    private int requests;
    private @Nullable Socket kept;
    private @Nullable InputStream input;

    MixedClient(GatewayNode node, String token, String name, long seed, Outcomes outcomes) {
        this.node = node;
        this.token = token;
        this.name = name;
        this.random = new Random(seed);
        this.outcomes = outcomes;
    }

    /** Sends requests until the time, one of {@code System.nanoTime()}. */
    void runUntil(long end) {
        while (System.nanoTime() - end < 0) {
            try {
                next();
            } catch (SocketTimeoutException e) {
                outcomes.wrong.add(name + "-" + requests + ": no answer");
                disconnect();
            } catch (IOException e) {
                outcomes.count("connection ended");
                disconnect();
            }
        }
        disconnect();
    }

    private void next() throws IOException {
        switch (random.nextInt(15)) {
            case 0, 1, 2, 3 -> call(random(ENDINGS));
            case 4, 5 -> pipeline();
            case 6 -> upload("Content-Length: 200000\r\n", "x".repeat(200_000));
            case 7 -> upload("Transfer-Encoding: chunked\r\n", "ffff\r\n" + "x".repeat(0xffff) + "\r\n0\r\n\r\n");
            case 8 -> cutUpload();
            case 9 -> readSlowlyAndLeave();
            case 10 -> expectContinue();
            case 11 -> readEventsAndLeave();
            case 12 -> cutHead();
            case 13 -> callOverHttp2();
            default -> echoThroughWebSocket();
        }
    }

    private <T> T random(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String newId() {
        return name + "-" + ++requests;
    }

    private String head(String method, Ending ending, String id, String headers) {
        return head(random.nextBoolean() ? "/fast" : "/chain", method, ending, id, headers);
    }

    private String head(String prefix, String method, Ending ending, String id, String headers) {
        return method + " " + ending.path(prefix, id) + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                + "\r\n" + headers + "\r\n";
    }

    private void connect() throws IOException {
        if (kept == null) {
            Socket opened = RawHttp.open(node);
            opened.setSoTimeout(LIMIT_MILLIS);
            kept = opened;
            input = new BufferedInputStream(opened.getInputStream());
        }
    }

    private Socket socket() {
        return Objects.requireNonNull(kept);
    }

    private void send(String text) throws IOException {
        connect();
        socket().getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private void disconnect() {
        try {
            if (kept != null) {
                kept.close();
            }
        } catch (IOException e) {
            outcomes.count("close failed");
        }
        kept = null;
    }

    private void leave() throws IOException {
        connect();
        if (random.nextBoolean()) {
            socket().setSoLinger(true, 0);
        }
        disconnect();
    }

    private void call(Ending ending) throws IOException {
        String id = newId();
        send(head("GET", ending, id, ""));
        receive(id);
    }

    private void pipeline() throws IOException {
        List<String> ids = new ArrayList<>();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            ids.add(newId());
            all.append(head("GET", random(ENDINGS), ids.get(i), ""));
        }
        send(all.toString());
        for (String id : ids) {
            receive(id);
        }
    }

    private void upload(String header, String body) throws IOException {
        String id = newId();
        send(head("POST", random(ENDINGS), id, header));
        send(body);
        receive(id);
    }

    /** On the fast path alone: the filter chain loses the connection to a service that answers as the client leaves. */
    private void cutUpload() throws IOException {
        send(head("/fast", "POST", random(ENDINGS), newId(), "Content-Length: 100000\r\n")
                + "x".repeat(random.nextInt(100_000)));
        outcomes.count("upload cut");
        leave();
    }

    private void cutHead() throws IOException {
        String head = head("GET", Ending.WHOLE, newId(), "");
        send(head.substring(0, random.nextInt(head.length())));
        outcomes.count("head cut");
        leave();
    }

    private void readSlowlyAndLeave() throws IOException {
        disconnect();
        String id = newId();
        send(head("GET", Ending.LARGE, id, ""));
        byte[] part = new byte[20_000];
        StringBuilder received = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            int n = inputOf().read(part);
            received.append(new String(part, 0, Math.max(0, n), ISO_8859_1));
            LockSupport.parkNanos(random.nextInt(5_000_000));
        }
        requireOwn(id, received.toString());
        outcomes.count("download cut");
        leave();
    }

    private void expectContinue() throws IOException {
        String id = newId();
        send(head("POST", Ending.WHOLE, id, "Content-Length: 3\r\nExpect: 100-continue\r\n"));
        String interim = readHead();
        if (interim.startsWith("HTTP/1.1 100 ")) {
            send("abc");
            receive(id);
        } else {
            finish(id, interim);
        }
    }

    private void readEventsAndLeave() throws IOException {
        disconnect();
        String id = newId();
        send(head("GET", Ending.EVENTS, id, ""));
        byte[] part = new byte[1000];
        StringBuilder received = new StringBuilder(readHead());
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
            received.append(new String(part, 0, Math.max(0, inputOf().read(part)), ISO_8859_1));
        }
        requireOwn(id, received.toString());
        outcomes.count("events cut");
        leave();
    }

    private void echoThroughWebSocket() throws IOException {
        disconnect();
        String id = newId();
        send(head("GET", Ending.ECHO, id, StreamClient.UPGRADE));
        String head = readHead();
        requireOwn(id, head);
        String frame = "\u0082\u0080\0\0\0\0";
        for (int i = 0; i < random.nextInt(10) && head.startsWith("HTTP/1.1 101 "); i++) {
            send(frame);
            String echo = new String(inputOf().readNBytes(frame.length()), ISO_8859_1);
            if (!frame.startsWith(echo)) {
                outcomes.wrong.add(id + " received " + echo);
            }
        }
        if (random.nextBoolean()) {
            send("X");
            outcomes.count(inputOf().read() < 0 ? "WebSocket ended by the service" : "bytes behind a WebSocket");
        }
        outcomes.count("WebSocket left");
        leave();
    }

    private void callOverHttp2() throws IOException {
        try (RawHttp2 client = RawHttp2.open(node.uri("/"))) {
            Map<Integer, String> ids = new LinkedHashMap<>();
            for (int i = 0; i < 4; i++) {
                String id = newId();
                String path = random(ENDINGS).path(random.nextBoolean() ? "/fast" : "/chain", id);
                ids.put(client.begin(true, RawHttp2.head("GET", path, "authorization", "Bearer " + token)), id);
            }
            int left = random.nextBoolean() ? ids.keySet().iterator().next() : 0;
            if (left != 0) {
                client.reset(left);
            }
            for (var each : ids.entrySet()) {
                if (each.getKey() != left) {
                    check(client.await(each.getKey()), each.getValue());
                }
            }
        }
    }

    private void check(RawHttp2.Response response, String id) {
        outcomes.count("HTTP/2 " + response.result());
        if (response.headers().contains("x-id")
                && (!response.headers().contains(id) || !response.body().lines().allMatch(id::startsWith))) {
            outcomes.wrong.add(id + " received " + response.headers() + response.body());
        }
    }

    private InputStream inputOf() {
        return Objects.requireNonNull(input);
    }

    private void receive(String id) throws IOException {
        String head = readHead();
        while (head.startsWith("HTTP/1.1 1")) {
            requireOwn(id, head);
            head = readHead();
        }
        finish(id, head);
    }

    /** Reads the body of the response, also one that is cut, and checks that all of the response is for the request. */
    private void finish(String id, String head) throws IOException {
        StringBuilder body = new StringBuilder();
        boolean complete = readBody(head, body);
        String status = head.substring(9, 12);
        if (status.equals("200")) {
            requireOwn(id, head);
            body.toString().lines().forEach(line -> {
                if (!id.startsWith(line) || (complete && !line.equals(id))) {
                    outcomes.wrong.add(id + " received the line " + line);
                }
            });
        } else if (head.contains("X-Id") || !body.toString().contains("\"code\"")) {
            outcomes.wrong.add(id + " received " + head + body);
        }
        outcomes.count(complete ? status : status + " cut");
        if (!complete || head.toLowerCase(Locale.ROOT).contains("connection: close")) {
            disconnect();
            // Further responses to pipelined requests do not come.
            throw new EOFException();
        }
    }

    private void requireOwn(String id, String response) {
        if (!response.contains("X-Id: " + id + "\r\n") && !response.startsWith("HTTP/1.1 50")) {
            outcomes.wrong.add(id + " received " + response);
        }
    }

    private String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = inputOf().read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Returns whether the body is complete. */
    private boolean readBody(String head, StringBuilder body) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int length = lower.indexOf("\r\ncontent-length: ");
        try {
            if (length >= 0) {
                return readPart(Integer.parseInt(lower.substring(length + 18).replaceFirst("(?s)\\D.*", "")), body);
            }
            if (lower.contains("transfer-encoding: chunked")) {
                return readChunks(body);
            }
            body.append(new String(inputOf().readAllBytes(), ISO_8859_1));
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    private boolean readPart(int length, StringBuilder body) throws IOException {
        byte[] bytes = inputOf().readNBytes(length);
        body.append(new String(bytes, ISO_8859_1));
        return bytes.length == length;
    }

    private boolean readChunks(StringBuilder body) throws IOException {
        while (true) {
            StringBuilder line = new StringBuilder();
            for (int next; (next = inputOf().read()) != '\n'; line.append((char) next)) {
                if (next < 0) {
                    return false;
                }
            }
            int size = Integer.parseInt(line.toString().strip(), 16);
            if (!readPart(size, body) || inputOf().read() != '\r' || inputOf().read() != '\n') {
                return false;
            }
            if (size == 0) {
                return true;
            }
        }
    }
}
