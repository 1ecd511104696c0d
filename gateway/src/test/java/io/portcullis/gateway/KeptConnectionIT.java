package io.portcullis.gateway;

import static io.portcullis.gateway.ScriptedNodes.CLOSED;
import static io.portcullis.gateway.ScriptedNodes.HTTP;
import static io.portcullis.gateway.ScriptedNodes.SEEN;
import static io.portcullis.gateway.ScriptedNodes.assertNextIsServed;
import static io.portcullis.gateway.ScriptedNodes.assertOwn;
import static io.portcullis.gateway.ScriptedNodes.call;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.ScriptedNodes.Path;
import io.portcullis.testbed.Await;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections to a service that end while the gateway keeps them, and requests and responses in several parts. */
@Timeout(180)
@Tag("database-independent")
class KeptConnectionIT {
    /** The number of attempts to send a request on a kept connection, which a busy pool may not have got back yet. */
    private static final int REUSES = 20;

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void endWhenTheConnectionIsIdleThenNobodyNotices(Path path) throws Exception {
        for (int i = 0; i < 50; i++) {
            int before = CLOSED.get();
            assertOwn(call(path, i % 2 == 0 ? "GET" : "POST", "/scripted/closed-without-notice", "own"), "own");
            // A POST that is written before the service closes the connection is not sent again.
            Await.until("the service has closed the connection", () -> CLOSED.get() > before);
        }
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void getWhenAKeptConnectionClosesInsteadOfAnsweringThenItIsSentOnceMore(Path path) throws Exception {
        for (String script : List.of("/scripted/closed-when-reused", "/scripted/reset-when-reused")) {
            String mark = "get" + script;
            for (int i = 0; i < REUSES && SEEN.getOrDefault(mark, 0) != 2; i++) {
                SEEN.remove(mark);
                assertNextIsServed(path);
                assertOwn(call(path, "GET", script, mark), mark);
            }
            assertThat(SEEN).containsEntry(mark, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void postWhenAKeptConnectionClosesInsteadOfAnsweringThenItIsNotSentAgain(Path path) throws Exception {
        int status = 200;
        for (int i = 0; i < REUSES && status == 200; i++) {
            SEEN.remove("post");
            assertNextIsServed(path);
            status = call(path, "POST", "/scripted/closed-when-reused", "post").statusCode();
        }

        assertThat(status).isEqualTo(502);
        assertThat(SEEN).containsEntry("post", 1);
        assertNextIsServed(path);
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void postWhenItExpectsContinueThenItsBodyArrives(Path path) throws Exception {
        String request = """
                POST /scripted/echo HTTP/1.1
                Host: a
                X-Mark: m
                Expect: 100-continue
                Connection: close
                Content-Length: 4

                """.replace("\n", "\r\n");
        try (Socket socket = RawHttp.open(path.node())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            StringBuilder interim = new StringBuilder();
            while (interim.indexOf("\r\n\r\n") < 0) {
                interim.append((char) socket.getInputStream().read());
            }
            assertThat(interim).startsWith("HTTP/1.1 100 Continue");
            socket.getOutputStream().write("body".getBytes(ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("mbody");
        }
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void webSocketWhenInterimResponsesComeBefore101ThenItOpens(Path path) throws Exception {
        CompletableFuture<String> message = new CompletableFuture<>();
        URI uri = URI.create(path.node().uri("/ws").toString().replace("http", "ws"));
        WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(uri, new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        message.complete(data.toString());
                        return null;
                    }
                })
                .get(30, TimeUnit.SECONDS);
        socket.sendText("hello", true).get(30, TimeUnit.SECONDS);

        assertThat(message.get(30, TimeUnit.SECONDS)).isEqualTo("hi");
        socket.abort();
        assertNextIsServed(path);
    }
}
