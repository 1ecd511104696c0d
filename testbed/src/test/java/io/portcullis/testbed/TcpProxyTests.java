package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TcpProxyTests {
    private static final int SHORT = 200;
    private static final int LONG = 10_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private TcpProxy proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = TcpProxy.to("127.0.0.1", echo("").getLocalPort());
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    /** A server that sends back each line, with a prefix. */
    private ServerSocket echo(String prefix) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(server);
        TcpProxy.daemon("test-server", () -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    TcpProxy.daemon("test-echo", () -> echo(socket, prefix));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private void echo(Socket socket, String prefix) {
        try (socket) {
            for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
                received.add(line);
                send(socket, prefix + line);
            }
            received.add("(end)");
        } catch (IOException e) {
            received.add("(reset)");
        }
    }

    private static void send(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Empty at the end of the stream. */
    private static String line(Socket socket) throws IOException {
        InputStream input = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        open.add(socket);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LONG);
        return socket;
    }

    private static String exchange(Socket socket, String line) throws IOException {
        send(socket, line);
        return line(socket);
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SHORT);
        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(LONG);
    }

    private static void await(CompletableFuture<Void> triggered) throws Exception {
        triggered.get(LONG, TimeUnit.MILLISECONDS);
    }

    @Test
    void passWhenNoFaultThenBothDirectionsAndTheEndArrive() throws Exception {
        Socket socket = connect();

        assertThat(exchange(socket, "hello")).isEqualTo("hello");
        socket.shutdownOutput();

        assertThat(line(socket)).isEmpty();
        Await.until("the server sees the end", LIMIT, () -> received.contains("(end)"));
        Await.until("the proxy has no connection", LIMIT, () -> proxy.connections() == 0);
    }

    @Test
    void blackHoleWhenHealedThenWhatWasHeldArrives() throws Exception {
        Socket before = connect();
        assertThat(exchange(before, "one")).isEqualTo("one");
        proxy.blackHole();
        Socket during = connect();
        send(before, "two");
        send(during, "three");

        assertSilent(before);
        assertSilent(during);
        assertThat(received).containsExactly("one");
        proxy.heal();

        assertThat(line(before)).isEqualTo("two");
        assertThat(line(during)).isEqualTo("three");
    }

    @Test
    void blackHoleWhenAnEndClosesThenTheOtherDoesNotHearOfIt() throws Exception {
        Socket socket = connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.blackHole();
        socket.close();

        TimeUnit.MILLISECONDS.sleep(SHORT);
        assertThat(received).hasSize(1);
        proxy.heal();

        Await.until("the server sees the end", LIMIT, () -> received.contains("(end)"));
    }

    @Test
    void blackHoleRequestsWhenSentThenTheServerGetsNothing() throws Exception {
        Socket socket = connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.blackHoleRequests();
        send(socket, "two");

        assertSilent(socket);
        assertThat(received).containsExactly("one");
    }

    @Test
    void blackHoleAnswersWhenSentThenOnlyTheServerHears() throws Exception {
        Socket socket = connect();
        proxy.blackHoleResponses();
        send(socket, "one");

        Await.until("the server has the line", LIMIT, () -> received.contains("one"));
        assertSilent(socket);
    }

    @Test
    void delayWhenSetThenAnswersAreLateUntilHealed() throws Exception {
        Socket socket = connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.delay(Duration.ofMillis(LONG));
        send(socket, "two");

        Await.until("the server has the line", LIMIT, () -> received.contains("two"));
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
        Socket socket = connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.blackHole();
        send(socket, "lost");
        proxy.cut();
        proxy.heal();

        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketException.class);
        Await.until("the server sees the reset", LIMIT, () -> received.contains("(reset)"));
        assertThat(exchange(connect(), "two")).isEqualTo("two");
        assertThat(received).doesNotContain("lost");
    }

    @Test
    void refuseWhenHealedThenTheSamePortAcceptsAgain() throws Exception {
        Socket before = connect();
        assertThat(exchange(before, "one")).isEqualTo("one");
        proxy.refuse();

        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThat(exchange(before, "two")).isEqualTo("two");
        proxy.heal();

        assertThat(exchange(connect(), "three")).isEqualTo("three");
    }

    @Test
    void retargetWhenConnectingThenTheOtherServerAnswers() throws Exception {
        Socket before = connect();
        assertThat(exchange(before, "one")).isEqualTo("one");
        proxy.retarget("127.0.0.1", echo("other ").getLocalPort());

        assertThat(exchange(connect(), "two")).isEqualTo("other two");
        assertThat(exchange(before, "three")).isEqualTo("three");
    }

    @Test
    void connectWhenTheServerIsGoneThenTheClientIsReset() throws Exception {
        // A bound socket that does not listen refuses connections, and keeps others from taking its port.
        try (Socket gone = new Socket()) {
            gone.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            proxy.retarget("127.0.0.1", gone.getLocalPort());

            assertThatThrownBy(() -> exchange(connect(), "one")).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void holdRequestWhenThePatternIsSentThenThatConnectionIsHeldOnce() throws Exception {
        Socket socket = connect();
        CompletableFuture<Void> triggered = proxy.holdRequest("COMMIT");
        assertThat(exchange(socket, "BEGIN")).isEqualTo("BEGIN");
        assertThat(triggered).isNotDone();
        socket.getOutputStream().write("COM".getBytes(StandardCharsets.US_ASCII));
        assertThat(exchange(connect(), "BEGIN")).isEqualTo("BEGIN");
        send(socket, "MIT");

        await(triggered);
        assertSilent(socket);
        assertThat(received).containsExactly("BEGIN", "BEGIN");
        assertThat(exchange(connect(), "COMMIT")).isEqualTo("COMMIT");
        proxy.heal();

        assertThat(line(socket)).isEqualTo("COMMIT");
    }

    @Test
    void holdRequestWhenSeveralPatternsThenOnlyInThatOrderOnOneConnection() throws Exception {
        Socket first = connect();
        Socket second = connect();
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
        Socket socket = connect();
        CompletableFuture<Void> triggered = proxy.holdResponse("COMMIT");
        assertThat(exchange(socket, "BEGIN")).isEqualTo("BEGIN");
        send(socket, "COMMIT");

        await(triggered);
        assertSilent(socket);
        assertThat(received).containsExactly("BEGIN", "COMMIT");
    }

    @Test
    void dropAnswerWhenThePatternIsSentThenTheServerHasItAndTheClientIsReset() throws Exception {
        Socket socket = connect();
        CompletableFuture<Void> triggered = proxy.dropResponse("COMMIT");
        send(socket, "COMMIT");

        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketException.class);
        await(triggered);
        assertThat(received).contains("COMMIT");
        assertThat(exchange(connect(), "COMMIT")).isEqualTo("COMMIT");
    }

    @Test
    void healWhenATrapWasNotSteppedIntoThenItIsGone() throws Exception {
        CompletableFuture<Void> triggered = proxy.dropResponse("COMMIT");
        proxy.heal();

        assertThat(exchange(connect(), "COMMIT")).isEqualTo("COMMIT");
        assertThat(triggered).isNotDone();
    }

    @Test
    void closeWhenOpenThenNothingIsLeft() throws Exception {
        Socket socket = connect();
        assertThat(exchange(socket, "one")).isEqualTo("one");
        proxy.close();
        proxy.heal();

        assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketException.class);
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThat(proxy.connections()).isZero();
    }
}
