package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Heads of WebSocket handshakes that RFC 9110 forbids, in both directions, and refusals that a client does not wait for. */
@Timeout(120)
@Tag("database-independent")
class HandshakeHeadIT {
    private static final String HEADERS = """
            Host: localhost
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13
            """;

    private static final String ACCEPTED = """
            HTTP/1.1 101 Switching Protocols
            Upgrade: websocket
            Connection: Upgrade
            X-Mark: own
            Content-Length: 5
            Transfer-Encoding: chunked

            bytes""";

    private static final String REFUSED = "HTTP/1.1 503 Busy\nTransfer-Encoding: chunked\n\n";

    /** The paths that the service was asked for. */
    private static final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private static final ScriptedService service = ScriptedService.start(HandshakeHeadIT::respond);

    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/open/**", service.uri(), "metadata.auth=none", "metadata.websocket=true")
            .add("/own/**", service.uri(), "metadata.websocket=true")
            .arguments());

    @AfterAll
    static void stop() throws IOException {
        node.close();
        service.close();
    }

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws IOException {
        asked.add(request.path());
        if (request.path().startsWith("/open")) {
            wire.send(lines(ACCEPTED));
        } else {
            wire.send(lines(REFUSED));
            for (int i = 0; i < 50; i++) {
                wire.send(lines("5\nhello\n").repeat(50));
            }
            wire.send(lines("0\n\n"));
        }
    }

    private static String lines(String text) {
        return text.replace("\n", "\r\n");
    }

    @Test
    void acceptedWhenTheServiceAnnouncesABodyThenTheClientIsToldOfNone() {
        String answer = RawHttp.exchange(node, lines("GET /open/socket HTTP/1.1\n" + HEADERS + "\n"));

        assertThat(answer)
                .startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("x-mark: own")
                .doesNotContainIgnoringCase("content-length")
                .doesNotContainIgnoringCase("transfer-encoding")
                .endsWith("\r\n\r\nbytes");
    }

    @Test
    void handshakeWhenItIsOfHttp10ThenItIsRefused() {
        String answer = RawHttp.exchange(node, lines("GET /open/old HTTP/1.0\n" + HEADERS + "\n"));

        assertThat(answer).startsWith("HTTP/1.0 400 ").contains("version");
        assertThat(asked).doesNotContain("/open/old");
    }

    /** The number of streams stayed above 0 for a few of a hundred clients, which leave before the first part of the body is written. */
    @Test
    void refusalWhenTheClientLeavesThenItCountsAsNoStream() throws Exception {
        String token = node.login("admin", "admin-demo-pass").get("accessToken").asString();
        String request = lines("GET /own/socket HTTP/1.1\nAuthorization: Bearer " + token + "\n" + HEADERS + "\n");
        for (int i = 0; i < 400; i++) {
            try (Socket client = RawHttp.open(node)) {
                client.getOutputStream().write(request.getBytes(ISO_8859_1));
                TimeUnit.MICROSECONDS.sleep(100L * i);
                client.setSoLinger(true, 0);
            }
        }

        Await.until("no stream is open", () -> node.bean(OpenStreams.class).count() == 0);
    }
}
