package io.portcullis.testbed;

import static io.portcullis.testbed.EchoBehindProxy.LONG;
import static io.portcullis.testbed.EchoBehindProxy.assertSilent;
import static io.portcullis.testbed.EchoBehindProxy.exchange;
import static io.portcullis.testbed.EchoBehindProxy.line;
import static io.portcullis.testbed.EchoBehindProxy.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The faults of the proxy that a pattern in the bytes of a connection triggers. */
@Timeout(180)
class TcpProxyTrapTests {
    @AutoClose
    private final EchoBehindProxy echo = new EchoBehindProxy();

    private final TcpProxy proxy = echo.proxy();

    private static void await(CompletableFuture<Void> triggered) throws Exception {
        triggered.get(LONG, TimeUnit.MILLISECONDS);
    }

    @Test
    void holdRequestWhenThePatternIsSentThenThatConnectionIsHeldOnce() throws Exception {
        Socket socket = echo.connect();
        CompletableFuture<Void> triggered = proxy.holdRequest("COMMIT");
        assertThat(exchange(socket, "BEGIN")).isEqualTo("BEGIN");
        assertThat(triggered).isNotDone();
        socket.getOutputStream().write("COM".getBytes(StandardCharsets.US_ASCII));
        assertThat(exchange(echo.connect(), "BEGIN")).isEqualTo("BEGIN");
        send(socket, "MIT");

        await(triggered);
        assertSilent(socket);
        assertThat(echo.received()).containsExactly("BEGIN", "BEGIN");
        assertThat(exchange(echo.connect(), "COMMIT")).isEqualTo("COMMIT");
        proxy.heal();

        assertThat(line(socket)).isEqualTo("COMMIT");
    }

    @Test
    void holdRequestWhenSeveralPatternsThenOnlyInThatOrderOnOneConnection() throws Exception {
        Socket first = echo.connect();
        Socket second = echo.connect();
        CompletableFuture<Void> triggered = proxy.holdRequest("UPDATE", "COMMIT");
        assertThat(exchange(first, "COMMIT")).isEqualTo("COMMIT");
        assertThat(exchange(first, "UPDATE")).isEqualTo("UPDATE");
        assertThat(exchange(second, "COMMIT")).isEqualTo("COMMIT");
        assertThat(triggered).isNotDone();
        send(first, "COMMIT");

        await(triggered);
        assertSilent(first);
    }

    @Test
    void holdAnswerWhenThePatternIsSentThenTheClientReceivesNothing() throws Exception {
        Socket socket = echo.connect();
        CompletableFuture<Void> triggered = proxy.holdResponse("COMMIT");
        assertThat(exchange(socket, "BEGIN")).isEqualTo("BEGIN");
        send(socket, "COMMIT");

        await(triggered);
        assertSilent(socket);
        assertThat(echo.received()).containsExactly("BEGIN", "COMMIT");
    }

    @Test
    void dropAnswerWhenThePatternIsSentThenTheServerHasItAndTheClientIsReset() throws Exception {
        Socket socket = echo.connect();
        CompletableFuture<Void> triggered = proxy.dropResponse("COMMIT");
        send(socket, "COMMIT");

        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketException.class);
        await(triggered);
        assertThat(echo.received()).contains("COMMIT");
        assertThat(exchange(echo.connect(), "COMMIT")).isEqualTo("COMMIT");
    }

    @Test
    void healWhenATrapWasNotSteppedIntoThenItIsGone() throws Exception {
        CompletableFuture<Void> triggered = proxy.dropResponse("COMMIT");
        proxy.heal();

        assertThat(exchange(echo.connect(), "COMMIT")).isEqualTo("COMMIT");
        assertThat(triggered).isNotDone();
    }
}
