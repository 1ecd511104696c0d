package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.SampleServices;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/** Tests that one caller's streams and slow calls leave connections for other callers, on both paths. */
@Tag("database-independent")
class CallLimitIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final int POOL = 10;
    private static final int STREAMS = 6;
    private static final int ANONYMOUS_STREAMS = 3;
    private static final int CALLS = 4;
    private static final int OF_LOOP = 32;

    private static final SampleServices services = SampleServices.start();
    private static final GatewayNode fastPath = GatewayNode.start(arguments(true));
    private static final GatewayNode filterChain = GatewayNode.start(arguments(false));
    private static final List<String> tokens = new ArrayList<>();

    private final List<Socket> open = new ArrayList<>();

    /** With four event loops or more each has a pool of its own, of 32 connections. */
    private static String[] withPoolsOfLoops(boolean enabled) {
        return arguments(
                enabled,
                "--portcullis.stream.max-calls-per-session=10000",
                "--portcullis.stream.max-calls-per-address=10000",
                "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections="
                        + OF_LOOP * LoopResources.DEFAULT_IO_WORKER_COUNT);
    }

    private static String[] arguments(boolean enabled, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--portcullis.fast-path.enabled=" + enabled,
                "--portcullis.stream.max-per-session=" + STREAMS,
                "--portcullis.stream.max-per-address=" + ANONYMOUS_STREAMS,
                "--portcullis.stream.max-calls-per-session=" + CALLS,
                "--portcullis.stream.max-calls-per-address=" + CALLS,
                "--portcullis.stream.max-gateway-calls-per-address=" + CALLS,
                "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=" + POOL,
                "--spring.cloud.gateway.server.webflux.httpclient.pool.acquire-timeout=1000"));
        arguments.addAll(List.of(more));
        return routes().arguments(arguments.toArray(String[]::new));
    }

    private static Routes routes() {
        String uri = services.uri();
        String withoutPublic = "filters[0]=RewritePath=/public/(.*), /api/$1";
        return new Routes()
                .add("/api/echo/**", uri)
                .add("/api/slow", uri)
                .add("/api/ticks", uri)
                .add("/api/ws", uri, "metadata.websocket=true")
                .add("/public/ticks", uri, "metadata.auth=none", withoutPublic)
                .add("/public/slow", uri, "metadata.auth=none", withoutPublic);
    }

    @BeforeAll
    static void logIn() throws Exception {
        for (int i = 0; i < 3; i++) {
            String user = "user-" + UUID.randomUUID();
            fastPath.createAccount(user, PASSWORD, "user");
            tokens.add(fastPath.login(user, PASSWORD).get("accessToken").asString());
        }
    }

    @AfterAll
    static void close() {
        fastPath.close();
        filterChain.close();
        services.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamsWhenTheSessionHasManyThenNoMoreAndTheCallsOfAllGoOn(boolean fast) throws Exception {
        GatewayNode node = fast ? fastPath : filterChain;
        try {
            // More calls than the pool has connections.
            for (int i = 0; i < STREAMS; i++) {
                assertThat(begin(node, "/api/ticks", tokens.get(0))).startsWith("HTTP/1.1 200");
                assertThat(begin(node, "/api/ticks", tokens.get(1))).startsWith("HTTP/1.1 200");
            }

            String refused = begin(node, "/api/ticks", tokens.get(0));
            assertThat(refused).startsWith("HTTP/1.1 429").containsIgnoringCase("retry-after: 5");
            assertThat(bodyOfLast(refused)).contains("\"code\":1002000006");
            assertThat(node.proxied(tokens.get(0))).isEqualTo(200);
            assertThat(node.proxied(tokens.get(2))).isEqualTo(200);
        } finally {
            closeAll();
        }
        awaitStatus(node, "/api/ticks", tokens.get(0), "HTTP/1.1 200");
        closeAll();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void webSocketsWhenTheSessionHasManyThenAreStreamsAsWell(boolean fast) throws Exception {
        GatewayNode node = fast ? fastPath : filterChain;
        String upgrade = String.join(
                "\r\n",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "");
        try {
            for (int i = 0; i < STREAMS; i++) {
                assertThat(begin(node, "/api/ws", tokens.get(2), upgrade)).startsWith("HTTP/1.1 101");
            }

            assertThat(begin(node, "/api/ws", tokens.get(2), upgrade)).startsWith("HTTP/1.1 429");
            assertThat(node.proxied(tokens.get(2))).isEqualTo(200);
        } finally {
            closeAll();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamsWhenAnonymousThenAreLimitedByAddress(boolean fast) throws Exception {
        GatewayNode node = fast ? fastPath : filterChain;
        try {
            for (int i = 0; i < ANONYMOUS_STREAMS; i++) {
                assertThat(begin(node, "/public/ticks", "")).startsWith("HTTP/1.1 200");
            }

            assertThat(begin(node, "/public/ticks", "")).startsWith("HTTP/1.1 429");
            assertThat(begin(node, "/api/ticks", tokens.get(0))).startsWith("HTTP/1.1 200");
        } finally {
            closeAll();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void slowCallsWhenTheCallerHasManyThenNoMoreAndTheCallsOfOthersGoOn(boolean fast) throws Exception {
        GatewayNode node = fast ? fastPath : filterChain;
        try {
            fill(node, "/api/slow?ms=20000", tokens.get(0));
            fill(node, "/public/slow?ms=20000", "");

            HttpResponse<String> refused = node.call("GET", "/api/echo/a", tokens.get(0), null);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.body()).contains("\"code\":1002000007");
            assertThat(node.get("/public/slow?ms=1").statusCode()).isEqualTo(429);
            assertThat(node.proxied(tokens.get(1))).isEqualTo(200);
        } finally {
            closeAll();
        }
        awaitStatus(node, "/api/echo/a", tokens.get(0), "HTTP/1.1 200");
    }

    /** The gateway's own endpoints, which read a body before they know who calls. */
    @Test
    void slowBodiesWhenAnAddressHasManyThenNoMoreAndTheCallsOfSessionsGoOn() throws Exception {
        GatewayNode node = filterChain;
        String me = "/system/auth/me";
        try {
            List<Socket> calls = new ArrayList<>();
            for (int i = 0; i < CALLS + 2; i++) {
                Socket socket = RawHttp.open(node);
                open.add(socket);
                calls.add(socket);
                socket.getOutputStream()
                        .write("POST /system/auth/logout HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\nabc"
                                .getBytes(ISO_8859_1));
            }
            awaitAnswered(calls, 2);

            HttpResponse<String> refused = node.call("POST", "/system/auth/refresh-token?refreshToken=x", null, "");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.body()).contains("\"code\":1002000007");
            assertThat(node.call("GET", me, tokens.get(0), null).statusCode()).isEqualTo(200);
            assertThat(node.proxied(tokens.get(0))).isEqualTo(200);
        } finally {
            closeAll();
        }
        awaitStatus(node, me, tokens.get(0), "HTTP/1.1 200");
        awaitStatus(node, "/system/auth/refresh-token", "", "HTTP/1.1 405");
    }

    /** The limits of the caller exceed all connections, and the caller has calls on each event loop for all of its connections. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void slowCallsWhenTheyFillHalfOfEachLoopThenNoMoreAndTheCallsOfOthersGoOn(boolean fast) throws Exception {
        try (GatewayNode node = GatewayNode.start(withPoolsOfLoops(fast))) {
            int loops = LoopResources.DEFAULT_IO_WORKER_COUNT;
            List<Socket> calls = new ArrayList<>();
            for (int i = 0; i < OF_LOOP * loops; i++) {
                calls.add(send(node, "/public/slow?ms=20000", "", ""));
            }
            awaitAnswered(calls, OF_LOOP * loops / 2);

            for (int i = 0; i < loops; i++) {
                assertThat(begin(node, "/api/echo/a", tokens.get(0))).startsWith("HTTP/1.1 200");
            }
        } finally {
            closeAll();
        }
    }

    /** Starts two calls more than the limit. Once two have been refused, all others are in flight. */
    private void fill(GatewayNode node, String path, String token) throws Exception {
        List<Socket> calls = new ArrayList<>();
        for (int i = 0; i < CALLS + 2; i++) {
            calls.add(send(node, path, token, ""));
        }
        awaitAnswered(calls, 2);
    }

    private static void awaitAnswered(List<Socket> calls, int expected) throws IOException {
        Await.until(expected + " calls are answered", () -> answered(calls) >= expected);
        assertThat(answered(calls)).isEqualTo(expected);
    }

    private static int answered(List<Socket> calls) throws IOException {
        int answered = 0;
        for (Socket call : calls) {
            answered += call.getInputStream().available() > 0 ? 1 : 0;
        }
        return answered;
    }

    private Socket send(GatewayNode node, String path, String token, String headers) throws IOException {
        Socket socket = RawHttp.open(node);
        socket.setSoTimeout(20_000);
        open.add(socket);
        String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + authorization + headers + "\r\n")
                        .getBytes(ISO_8859_1));
        return socket;
    }

    /** Returns the head of the response; the connection stays open. */
    private String begin(GatewayNode node, String path, String token, String... headers) throws IOException {
        InputStream input = send(node, path, token, String.join("", headers)).getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            assertThat(next).as("the connection, after %s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private String bodyOfLast(String head) throws IOException {
        int length = Integer.parseInt(head.replaceFirst("(?is).*content-length: (\\d+).*", "$1"));
        byte[] body = open.get(open.size() - 1).getInputStream().readNBytes(length);
        return new String(body, ISO_8859_1);
    }

    /** Waits for the condition, because the gateway notices sent bytes and closed connections with a delay. */
    private void awaitStatus(GatewayNode node, String path, String token, String status) throws IOException {
        Await.until(status, () -> {
            boolean answered = begin(node, path, token).startsWith(status);
            if (!answered) {
                open.remove(open.size() - 1).close();
            }
            return answered;
        });
    }

    private void closeAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }
}
