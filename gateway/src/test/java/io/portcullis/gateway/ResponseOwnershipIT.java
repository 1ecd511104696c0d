package io.portcullis.gateway;

import static io.portcullis.gateway.ScriptedNodes.FAST_PATH;
import static io.portcullis.gateway.ScriptedNodes.FILTER_CHAIN;
import static io.portcullis.gateway.ScriptedNodes.PLAIN;
import static io.portcullis.gateway.ScriptedNodes.SEEN;
import static io.portcullis.gateway.ScriptedNodes.SERVICE;
import static io.portcullis.gateway.ScriptedNodes.assertNextIsServed;
import static io.portcullis.gateway.ScriptedNodes.assertOwn;
import static io.portcullis.gateway.ScriptedNodes.call;
import static io.portcullis.gateway.ScriptedNodes.paths;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.ScriptedNodes.Path;
import io.portcullis.gateway.fastpath.FastPath;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that no caller receives bytes of a response to another caller, whatever services send. */
@Timeout(180)
@Tag("database-independent")
class ResponseOwnershipIT {
    private static final int CALLERS = 16;

    private static final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    @AfterAll
    static void stopCallers() {
        callers.shutdownNow();
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void trailersWhenTheServiceSendsThemThenTheFastPathRelaysThem(Path path) throws Exception {
        String request = "GET /scripted/chunks HTTP/1.1\r\nHost: a\r\nX-Mark: mark\r\nTE: trailers\r\n\r\n";

        String answer = RawHttp.head(path.node().uri("/").getPort(), request.getBytes(ISO_8859_1));

        String trailers = path.equals(FAST_PATH) ? "X-T: 1\r\n" : "";
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\nmark\r\n0\r\n" + trailers + "\r\n");
    }

    @Test
    void callsWhenMadeThenTheyTakeThePathThatTheyTest() throws Exception {
        for (Path path : List.of(FAST_PATH, FILTER_CHAIN)) {
            long before = path.node().bean(FastPath.class).count();
            assertNextIsServed(path);
            assertThat(path.node().bean(FastPath.class).count() - before).isEqualTo(path.equals(FAST_PATH) ? 1 : 0);
        }
    }

    private static Stream<Arguments> responses() {
        return paths().flatMap(
                        path -> Stream.of(ScriptedResponse.values()).map(response -> Arguments.of(path, response)));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void responseWhenOddThenItsCallerAloneIsTold(Path path, ScriptedResponse script) throws Exception {
        for (int i = 0; i < 3; i++) {
            switch (script.outcome()) {
                case OWN -> assertOwn(call(path, "GET", script.path(), "first"), "first");
                case EMPTY -> assertEmpty(call(path, "GET", script.path(), "first"));
                case LARGE ->
                    assertThat(call(path, "GET", script.path(), "first").body()).hasSize(40_000);
                case BAD -> assertBad(call(path, "GET", script.path(), "first"));
                case CUT -> assertBrokenOff(path, script);
            }
            assertNextIsServed(path);
        }
    }

    private static void assertEmpty(HttpResponse<String> response) {
        assertThat(response.statusCode()).isIn(200, 204, 304);
        assertThat(response.headers().allValues("x-mark")).containsExactly("first");
        assertThat(response.body()).isEmpty();
    }

    private static void assertBad(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("\"code\":502").doesNotContain("first");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }

    private static void assertBrokenOff(Path path, ScriptedResponse script) throws Exception {
        HttpResponse<String> response;
        try {
            response = call(path, "GET", script.path(), "first");
        } catch (IOException e) {
            return;
        }
        assertBad(response);
    }

    /** The caller of the late response, and many others at the same time. */
    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void callsWhenTheFinalResponseIsLateThenEachHasItsOwn(Path path) throws Exception {
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String mark = "caller-" + i;
            String script = i % 2 == 0 ? "/scripted/late" : PLAIN;
            calls.add(callers.submit(() -> {
                assertOwn(call(path, "GET", script, mark), mark);
                return null;
            }));
        }
        for (Future<?> call : calls) {
            call.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void headWhenTheServiceSendsItsBodyThenTheNextIsServed(Path path) throws Exception {
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> response = call(path, "HEAD", "/scripted/head-with-body", "head");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().allValues("x-mark")).containsExactly("head");
            assertNextIsServed(path);
        }
    }

    /** The bytes are there before the next request, whether the event loop has SEEN them or not. */
    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void bytesWhenTheConnectionIsIdleThenNobodyGetsThem(Path path) throws Exception {
        for (int i = 0; i < 50; i++) {
            assertNextIsServed(path);
            SERVICE.wires().forEach(wire -> wire.trySend(ScriptedResponse.ok("unasked")));
            assertOwn(call(path, i % 2 == 0 ? "GET" : "POST", PLAIN, "own"), "own");
        }
    }
}
