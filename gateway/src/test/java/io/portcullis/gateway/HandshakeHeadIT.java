package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Heads of WebSocket handshakes that RFC 9110 forbids, in both directions. */
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

    /** The paths that the service was asked for. */
    private static final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private static final ScriptedService service = ScriptedService.start(HandshakeHeadIT::respond);

    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/open/**", service.uri(), "metadata.auth=none", "metadata.websocket=true")
            .arguments());

    @AfterAll
    static void stop() throws IOException {
        node.close();
        service.close();
    }

    private static void respond(ScriptedService.Request request, ScriptedService.Wire wire) throws IOException {
        asked.add(request.path());
        wire.send(lines(ACCEPTED));
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
}
