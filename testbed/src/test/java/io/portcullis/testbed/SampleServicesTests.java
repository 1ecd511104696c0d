package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SuppressWarnings("NullAway.Init")
class SampleServicesTests {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static SampleServices services;

    @BeforeAll
    static void startServices() {
        services = SampleServices.start();
    }

    @AfterAll
    static void closeServices() {
        services.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/echo", "/api/echo/x", "/public/echo/a/b", "/api/echo/%2e%2e/x"})
    void echoThenAnswersWhatItReceived(String path) throws Exception {
        HttpRequest request = to(path + "?a=1&b=%20")
                .POST(HttpRequest.BodyPublishers.ofString("gr\u00fc\u00dfe"))
                .header("X-Twice", "v1")
                .header("X-Twice", "v2")
                .build();

        HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        JsonNode echo = JsonMapper.shared().readTree(response.body());
        assertThat(echo.get("method").asString()).isEqualTo("POST");
        assertThat(echo.get("path").asString()).isEqualTo(path);
        assertThat(echo.get("query").asString()).isEqualTo("a=1&b=%20");
        assertThat(echo.get("headers").get("X-Twice").toString()).isEqualTo("[\"v1\",\"v2\"]");
        assertThat(echo.get("body").asString()).isEqualTo("gr\u00fc\u00dfe");
    }

    @Test
    void echoGivenNoQueryAndNoBodyThenBothAreEmpty() throws Exception {
        JsonNode echo = JsonMapper.shared().readTree(get("/api/echo/x").body());

        assertThat(echo.get("method").asString()).isEqualTo("GET");
        assertThat(echo.get("query").asString()).isEmpty();
        assertThat(echo.get("body").asString()).isEmpty();
        assertThat(echo.get("headers").get("Host").toString())
                .isEqualTo("[\"127.0.0.1:%d\"]".formatted(services.port()));
    }

    @Test
    void slowThenAnswersNotBeforeTheTime() throws Exception {
        long before = System.nanoTime();

        HttpResponse<String> response = get("/api/slow?ms=250");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/status/200, 200",
        "/api/status/204, 204",
        "/api/status/304, 304",
        "/api/status/418, 418",
        "/api/status/503, 503",
        "/api/status/599, 599",
        "/api/status/99, 400",
        "/api/status/600, 400",
        "/api/status/, 400",
        "/api/status/x, 400",
        "/api/status/-200, 400",
        "/api/status/99999999999, 400",
        "/api/slow, 400",
        "/api/slow?ms=, 400",
        "/api/slow?ms=-1, 400",
        "/api/slow?ms=60001, 400",
        "/api/slow?ms=1&ms=2, 400",
        "/api/slow?ms=0, 200",
        "/api/echoes, 404",
        "/api, 404",
        "/, 404"
    })
    void requestThenStatus(String target, int status) throws Exception {
        assertThat(get(target).statusCode()).isEqualTo(status);
    }

    @Test
    void ticksThenEachEventArrivesWhenItHappens() throws Exception {
        long before = System.nanoTime();
        HttpResponse<InputStream> response = CLIENT.send(to("/api/ticks").build(), BodyHandlers.ofInputStream());

        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 9; i++) {
                lines.add(reader.readLine());
            }
        }

        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(lines)
                .containsExactly(
                        "id:1",
                        "data:{\"tick\":1}",
                        "",
                        "id:2",
                        "data:{\"tick\":2}",
                        "",
                        "id:3",
                        "data:{\"tick\":3}",
                        "");
        assertThat(System.nanoTime() - before).isBetween(250_000_000L, 5_000_000_000L);
    }

    @Test
    void webSocketThenEachMessageComesBack() throws Exception {
        Messages messages = new Messages();
        URI uri = URI.create(services.uri().replace("http:", "ws:") + "/api/ws");
        WebSocket socket =
                CLIENT.newWebSocketBuilder().buildAsync(uri, messages).get(5, TimeUnit.SECONDS);

        socket.sendText("raise ", false).get(5, TimeUnit.SECONDS);
        socket.sendText("it", true).get(5, TimeUnit.SECONDS);

        assertThat(messages.text.get(5, TimeUnit.SECONDS)).isEqualTo("raise it");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(5, TimeUnit.SECONDS);
        assertThat(messages.closed.get(5, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void webSocketTicksThenMessagesAreNumbered() throws Exception {
        Messages messages = new Messages();
        URI uri = URI.create(services.uri().replace("http:", "ws:") + "/api/ws/ticks");
        WebSocket socket =
                CLIENT.newWebSocketBuilder().buildAsync(uri, messages).get(5, TimeUnit.SECONDS);

        assertThat(messages.text.get(5, TimeUnit.SECONDS)).isEqualTo("{\"tick\":1}");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(5, TimeUnit.SECONDS);
        assertThat(messages.closed.get(5, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void startGivenThePortOfClosedServicesThenTheyAnswerThereAgain() throws Exception {
        SampleServices first = SampleServices.start();
        first.close();

        try (SampleServices second = SampleServices.start(first.port())) {
            URI uri = URI.create(second.uri() + "/public/echo");
            assertThat(CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static HttpRequest.Builder to(String target) {
        return HttpRequest.newBuilder(URI.create(services.uri() + target));
    }

    private static HttpResponse<String> get(String target) throws Exception {
        return CLIENT.send(to(target).build(), BodyHandlers.ofString());
    }

    private static final class Messages implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                text.complete(parts.toString());
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
        }
    }
}
