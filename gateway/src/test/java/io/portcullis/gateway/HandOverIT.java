package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.resources.LoopResources;

/** Connections that pass from one request to the next at once: pipelined ones of a client, and the only one of a service. */
@Timeout(120)
@Tag("database-independent")
class HandOverIT {
    private static final ScriptedService service = ScriptedService.start(HandOverIT::respond);
    private static final GatewayNode fast = node("true");
    private static final GatewayNode chain = node("false");

    private static final String SURPLUS = "HTTP/1.1 200 OK\r\nX-Mark: surplus\r\nContent-Length: 7\r\n\r\nsurplus";

    private static GatewayNode node(String enabled) {
        return GatewayNode.start(new Routes()
                .add("/open/**", service.uri(), "metadata.auth=none")
                .arguments(
                        "--portcullis.fast-path.enabled=" + enabled,
                        "--spring.cloud.gateway.server.webflux.httpclient.response-timeout=8s",
                        "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=1",
                        "--spring.cloud.gateway.server.webflux.httpclient.pool.acquire-timeout=10000"));
    }

    @AfterAll
    static void stop() throws IOException {
        fast.close();
        chain.close();
        service.close();
    }

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        String mark = request.header("x-mark");
        if (request.path().startsWith("/open/full")) {
            TimeUnit.MILLISECONDS.sleep(150);
            String head = "HTTP/1.1 200 OK\r\nX-Mark: " + mark + "\r\nContent-Length: ";
            int length = 2048 - head.length() - 4 - 4;
            String text = head + length + "\r\n\r\n";
            text += "x".repeat(length);
            assertThat(text.length()).isEqualTo(2048);
            wire.send(text + SURPLUS);
        } else {
            wire.send(ScriptedResponse.ok(mark + request.body()));
        }
    }

    /** Returns what the gateway sends until the text is there, the connection is closed or the time is over. */
    private static String readUntil(Socket socket, String end) throws IOException {
        socket.setSoTimeout(30_000);
        StringBuilder text = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int n; text.indexOf(end) < 0 && (n = in.read(buffer)) >= 0; ) {
                text.append(new String(buffer, 0, n, ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            return text + " (nothing more)";
        }
        return text.toString();
    }

    private static String post(String mark, String body) {
        return "POST /open/echo HTTP/1.1\r\nHost: a\r\nX-Mark: " + mark + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String get(String path, String mark) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Mark: " + mark + "\r\n\r\n";
    }

    private static GatewayNode node(RequestPath path) {
        return path == RequestPath.FAST_PATH ? fast : chain;
    }

    @ParameterizedTest
    @EnumSource
    void postsWhenPipelinedThenEachBodyReachesTheService(RequestPath path) throws Exception {
        try (Socket socket = RawHttp.open(node(path))) {
            socket.getOutputStream()
                    .write((post("one", "aaaa") + post("two", "bbbb") + post("three", "cccc")).getBytes(ISO_8859_1));
            String all = readUntil(socket, "threecccc");
            assertThat(all).contains("oneaaaa").contains("twobbbb").contains("threecccc");
        }
    }

    /** The answer fills the buffer of the first read exactly, so that the surplus bytes are still in the socket when it is complete. */
    @ParameterizedTest
    @EnumSource
    void answersWhenAServiceSendsMoreThanOneThenNobodyElseReceivesIt(RequestPath path) throws Exception {
        int loops = LoopResources.DEFAULT_IO_WORKER_COUNT;
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * loops; i++) {
                clients.add(RawHttp.open(node(path)));
            }
            // Those of one event loop one after another, so that a connection passes from one to the next.
            for (int loop = 0; loop < loops; loop++) {
                for (int i = loop; i < clients.size(); i += loops) {
                    clients.get(i)
                            .getOutputStream()
                            .write(get("/open/full", "client-" + i + "-").getBytes(ISO_8859_1));
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
            List<String> foreign = new ArrayList<>();
            for (int i = 0; i < clients.size(); i++) {
                String text = readUntil(clients.get(i), "\r\n\r\n");
                if (!text.contains("X-Mark: client-" + i + "-") || text.contains("surplus")) {
                    foreign.add(i + ": " + text);
                }
            }
            assertThat(foreign).isEmpty();
        } finally {
            for (Socket each : clients) {
                each.close();
            }
        }
    }
}
