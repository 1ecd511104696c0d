package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.TracedNode.Span;
import io.portcullis.gateway.TracedNode.Spans;
import io.portcullis.testbed.Await;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that a trace continues from the client through the gateway to the service, on both paths alike. */
@Tag("database-independent")
class TracingIT {
    private static final BothPaths nodes = BothPaths.start("--test.tracing=true");
    private static final String SPAN = "00f067aa0ba902b7";

    private final String trace =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()).repeat(2);
    private final String header = "traceparent: 00-" + trace + "-" + SPAN + "-01\ntracestate: client=1\n";

    @AfterAll
    static void close() throws Exception {
        nodes.close();
    }

    private static Span named(List<Span> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private List<Span> awaitSpans(RequestPath path, int count) {
        Spans spans = nodes.bean(path, Spans.class);
        Await.until(count + " spans", () -> spans.ofTrace(trace).size() == count);
        return spans.ofTrace(trace);
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTracedThenTheServiceContinuesTheTrace(RequestPath path) throws Exception {
        long before = nodes.fastPathCount(path);
        RawResponse echo = nodes.exchange(path, "GET /api/echo/a\nAuthorization: Bearer TOKEN\n" + header, "");

        List<Span> spans = awaitSpans(path, 2);
        Span server = named(spans, "http.server.requests: http get");
        Span client = named(spans, "http.client.requests: HTTP GET");
        assertThat(server.parent()).isEqualTo(SPAN);
        assertThat(client.parent()).isEqualTo(server.id());
        assertThat(echo.body())
                .contains("traceparent=[\"00-" + trace + "-" + client.id() + "-01\"]", "tracestate=[\"gateway=1\"]");
        assertThat(nodes.fastPathCount(path) - before).isEqualTo(path == FAST_PATH ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "POST /api/echo/a,    2",
        "GET /api/status/404, 2",
        "GET /api/status/302, 2",
        "GET /api/status/503, 2",
        "GET /api/status/299, 2",
        "GET /editors/a,      1"
    })
    void requestWhenOnEitherPathThenTheSameSpans(String line, int count) throws Exception {
        String head = line + "\nAuthorization: Bearer TOKEN\nContent-Length: 0\n" + header;
        nodes.exchange(FAST_PATH, head, "");
        nodes.exchange(FILTER_CHAIN, head, "");

        assertThat(comparable(awaitSpans(FAST_PATH, count))).isEqualTo(comparable(awaitSpans(FILTER_CHAIN, count)));
    }

    private static List<Map.Entry<String, Map<String, String>>> comparable(List<Span> spans) {
        return spans.stream()
                .map(span -> Map.entry(span.name(), span.tags()))
                .sorted(Map.Entry.comparingByKey())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void traceWhenTheTracerPropagatesNoneThenPassedOn(RequestPath path) throws Exception {
        String parent = "00-" + TracedNode.UNPROPAGATED + trace.substring(4) + "-" + SPAN + "-01";
        RawResponse echo =
                nodes.exchange(path, "GET /public/echo/a\ntraceparent: " + parent + "\ntracestate: client=1\n", "");

        assertThat(echo.body()).contains("traceparent=[\"" + parent + "\"]", "tracestate=[\"client=1\"]");
    }

    @Test
    void requestWhenTheTracerFailsThenServedAllTheSame() throws Exception {
        String parent = "00-" + TracedNode.FAILING + trace.substring(4) + "-" + SPAN + "-01";

        assertThat(nodes.exchange(FAST_PATH, "GET /public/echo/a\ntraceparent: " + parent + "\n", "")
                        .status())
                .contains("200");
        assertThat(nodes.exchange(FAST_PATH, "GET /editors/a\ntraceparent: " + parent + "\n", "")
                        .status())
                .contains("401");
    }

    @Test
    void clientWhenItLeavesThenTheSpansEnd() throws Exception {
        Await.until("the spans", () -> {
            try (Socket socket =
                    nodes.send(FAST_PATH, InetAddress.getLoopbackAddress(), "GET /api/slow?ms=60000\n" + header, "")) {
                Thread.sleep(50);
                socket.setSoLinger(true, 0);
            }
            return nodes.bean(FAST_PATH, Spans.class).ofTrace(trace).size() >= 2;
        });

        Span server = named(nodes.bean(FAST_PATH, Spans.class).ofTrace(trace), "http.server.requests");
        assertThat(server.tags()).containsEntry("outcome", "UNKNOWN").containsEntry("status", "UNKNOWN");
    }
}
