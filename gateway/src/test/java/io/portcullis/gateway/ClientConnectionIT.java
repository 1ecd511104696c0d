package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.SampleServices;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection of a client whose requests take the fast path and the filter chain in turn. */
@Timeout(120)
@Tag("database-independent")
class ClientConnectionIT {
    private static final int MAX_REQUESTS = 60;
    private static final int IDLE_SECONDS = 2;
    /** The echo service answers with the path that it received, and the encoded character needs the filter chain. */
    private static final List<String> PATHS = List.of("/public/echo/fast-%d", "/public/echo/ch%%61in-%d");

    private static final Pattern ECHOED = Pattern.compile("/public/echo/[^\"?]*");

    private static final SampleServices services = SampleServices.start();
    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/public/echo/**", services.uri(), "metadata.auth=none")
            .arguments(
                    "--server.netty.idle-timeout=" + IDLE_SECONDS + "s",
                    "--server.netty.max-keep-alive-requests=" + MAX_REQUESTS));

    @AfterAll
    static void stop() {
        node.close();
        services.close();
    }

    private static String path(int number) {
        return PATHS.get(number % PATHS.size()).formatted(number);
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    /** Returns all that the gateway sends until it has answered so often, or has closed the connection. */
    private static String read(Socket socket, int answers) throws IOException {
        socket.setSoTimeout(20_000);
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[8192];
        for (int n; count(seen) < answers && (n = socket.getInputStream().read(buffer)) >= 0; ) {
            seen.append(new String(buffer, 0, n, ISO_8859_1));
        }
        return seen.toString();
    }

    /** Counts the ends of the echoed bodies. */
    private static int count(CharSequence text) {
        Matcher found = Pattern.compile("\r\n0\r\n\r\n|\\}\\z|\\}(?=HTTP/)").matcher(text);
        int count = 0;
        while (found.find()) {
            count++;
        }
        return count;
    }

    private static List<String> echoed(String answers) {
        List<String> paths = new ArrayList<>();
        Matcher found = ECHOED.matcher(answers);
        while (found.find()) {
            paths.add(found.group());
        }
        return paths.stream().distinct().toList();
    }

    private static List<String> expected(int requests) {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            paths.add(path(i));
        }
        return paths;
    }

    @Test
    void requestsWhenTheyTakeBothPathsInTurnThenEachIsAnswered() throws Exception {
        long before = node.bean(FastPath.class).count();
        StringBuilder answers = new StringBuilder();
        try (Socket socket = RawHttp.open(node)) {
            for (int i = 0; i < MAX_REQUESTS - 1; i++) {
                socket.getOutputStream().write(request(path(i)).getBytes(ISO_8859_1));
                answers.append(read(socket, 1));
            }
        }

        assertThat(echoed(answers.toString())).isEqualTo(expected(MAX_REQUESTS - 1));
        assertThat(node.bean(FastPath.class).count() - before).isEqualTo(MAX_REQUESTS / 2);
    }

    @Test
    void requestsWhenPipelinedOverBothPathsThenAnsweredInOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < MAX_REQUESTS - 1; i++) {
            requests.append(request(path(i)));
        }
        for (int round = 0; round < 10; round++) {
            try (Socket socket = RawHttp.open(node)) {
                socket.getOutputStream().write(requests.toString().getBytes(ISO_8859_1));

                assertThat(echoed(read(socket, MAX_REQUESTS - 1))).isEqualTo(expected(MAX_REQUESTS - 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void connectionWhenItHasHadItsRequestsThenTheLastAnswerSaysClose(int kind) throws Exception {
        try (Socket socket = RawHttp.open(node)) {
            for (int i = 1; i < MAX_REQUESTS; i++) {
                socket.getOutputStream().write(request(path(kind)).getBytes(ISO_8859_1));
                assertThat(read(socket, 1).toLowerCase(Locale.ROOT)).doesNotContain("connection: close");
            }
            socket.getOutputStream().write(request(path(kind)).getBytes(ISO_8859_1));
            assertThat(read(socket, 1).toLowerCase(Locale.ROOT)).contains("connection: close");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** The test's time limit is far above the idle timeout, and that of the socket too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void connectionWhenIdleAfterARequestThenClosed(int requests) throws Exception {
        try (Socket socket = RawHttp.open(node)) {
            for (int i = 0; i < requests; i++) {
                socket.getOutputStream().write(request(path(i)).getBytes(ISO_8859_1));
                assertThat(read(socket, 1)).startsWith("HTTP/1.1 200 ");
            }
            socket.setSoTimeout(30_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }
}
