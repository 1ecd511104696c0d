package io.portcullis.testbed;

import static io.portcullis.testbed.EchoBehindProxy.LIMIT;
import static io.portcullis.testbed.EchoBehindProxy.LONG;
import static io.portcullis.testbed.EchoBehindProxy.SHORT;
import static io.portcullis.testbed.EchoBehindProxy.assertSilent;
import static io.portcullis.testbed.EchoBehindProxy.exchange;
import static io.portcullis.testbed.EchoBehindProxy.line;
import static io.portcullis.testbed.EchoBehindProxy.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TcpProxyTests {
    @AutoClose
    private final EchoBehindProxy echo = new EchoBehindProxy();

    private final TcpProxy proxy = echo.proxy();

    @Test
    void passWhenNoFaultThenBothDirectionsAndTheEndArrive() throws Exception {
        Socket socket = echo.connect();

        assertThat(exchange(socket, "hello")).isEqualTo("hello");
        socket.shutdownOutput();

        assertThat(line(socket)).isEmpty();
        Await.until("the server sees the end", LIMIT, () -> echo.received().contains("(end)"));
        Await.until("the proxy has no connection", LIMIT, () -> proxy.connections() == 0);
    }

    @Test
    void blackHoleWhenHealedThenWhatWasHeldArrives() throws Exception {
        Socket before = echo.connect();
        assertThat(exchange(before, "one")).isEqualTo("one");
        proxy.blackHole();
        Socket during = echo.connect();
        send(before, "two");
        send(during, "three");

        assertSilent(before);
        assertSilent(during);
        assertThat(echo.received()).containsExactly("one");
        proxy.heal();

        assertThat(line(before)).isEqualTo("two");
        assertThat(line(during)).isEqualTo("three");
    }

    @Test
    void blackHoleWhenAnEndClosesThenTheOtherDoesNotHearOfIt() throws Exception {
        Socket socket = echo.connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.blackHole();
        socket.close();

        TimeUnit.MILLISECONDS.sleep(SHORT);
        assertThat(echo.received()).hasSize(1);
        proxy.heal();

        Await.until("the server sees the end", LIMIT, () -> echo.received().contains("(end)"));
    }

    @Test
    void blackHoleRequestsWhenSentThenTheServerGetsNothing() throws Exception {
        Socket socket = echo.connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.blackHoleRequests();
        send(socket, "two");

        assertSilent(socket);
        assertThat(echo.received()).containsExactly("one");
    }

    @Test
    void blackHoleAnswersWhenSentThenOnlyTheServerHears() throws Exception {
        Socket socket = echo.connect();
        proxy.blackHoleResponses();
        send(socket, "one");

        Await.until("the server has the line", LIMIT, () -> echo.received().contains("one"));
        assertSilent(socket);
    }

    @Test
    void delayWhenSetThenAnswersAreLateUntilHealed() throws Exception {
        Socket socket = echo.connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.delay(Duration.ofMillis(LONG));
        send(socket, "two");

        Await.until("the server has the line", LIMIT, () -> echo.received().contains("two"));
        assertSilent(socket);
        proxy.heal();

        assertThat(line(socket)).isEqualTo("two");
        proxy.delay(Duration.ofMillis(SHORT));
        long start = System.nanoTime();
        assertThat(exchange(socket, "three")).isEqualTo("three");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(SHORT - 1));
    }

    @Test
    void cutWhenOpenThenBothEndsAreResetAndNewOnesWork() throws Exception {
        Socket socket = echo.connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.blackHole();
        send(socket, "lost");
        proxy.cut();
        proxy.heal();

        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketException.class);
        Await.until("the server sees the reset", LIMIT, () -> echo.received().contains("(reset)"));
        assertThat(exchange(echo.connect(), "two")).isEqualTo("two");
        assertThat(echo.received()).doesNotContain("lost");
    }

    @Test
    void refuseWhenHealedThenTheSamePortAcceptsAgain() throws Exception {
        Socket before = echo.connect();
        assertThat(exchange(before, "one")).isEqualTo("one");
        proxy.refuse();

        assertThatThrownBy(echo::connect).isInstanceOf(ConnectException.class);
        assertThat(exchange(before, "two")).isEqualTo("two");
        proxy.heal();

        assertThat(exchange(echo.connect(), "three")).isEqualTo("three");
    }

    @Test
    void retargetWhenConnectingThenTheOtherServerAnswers() throws Exception {
        Socket before = echo.connect();
        assertThat(exchange(before, "one")).isEqualTo("one");
        proxy.retarget("127.0.0.1", echo.startServer("other ").getLocalPort());

        assertThat(exchange(echo.connect(), "two")).isEqualTo("other two");
        assertThat(exchange(before, "three")).isEqualTo("three");
    }

    @Test
    void connectWhenTheServerIsGoneThenTheClientIsReset() throws Exception {
        // A bound socket that does not listen refuses connections, and keeps others from taking its port.
        try (Socket gone = new Socket()) {
            gone.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            proxy.retarget("127.0.0.1", gone.getLocalPort());

            assertThatThrownBy(() -> exchange(echo.connect(), "one")).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void closeWhenOpenThenNothingIsLeft() throws Exception {
        Socket socket = echo.connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.close();
        proxy.heal();

        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketException.class);
        assertThatThrownBy(echo::connect).isInstanceOf(ConnectException.class);
        assertThat(proxy.connections()).isZero();
    }
}
