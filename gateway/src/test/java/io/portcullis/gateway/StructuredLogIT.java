package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import tools.jackson.databind.JsonNode;

/** Tests that structured log lines of a request have the ids of the request and of its session, on both paths, and no token. */
@Tag("database-independent")
class StructuredLogIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String USER = "user-" + UUID.randomUUID();
    private static final String PROBLEMS = "io.portcullis.gateway.problem";
    private static final Path LOG = Path.of("target", "structured-log-it-" + UUID.randomUUID() + ".log");
    private static final Map<RequestPath, GatewayNode> nodes = new EnumMap<>(RequestPath.class);

    @BeforeAll
    static void start() {
        for (RequestPath path : RequestPath.values()) {
            nodes.put(
                    path,
                    GatewayNode.start(
                            path.argument(),
                            "--spring.cloud.gateway.server.webflux.routes[0].id=dead",
                            "--spring.cloud.gateway.server.webflux.routes[0].uri=http://127.0.0.1:" + Ports.free(),
                            "--spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/dead/**",
                            "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1",
                            "--logging.structured.format.file=ecs",
                            "--logging.file.name=" + LOG,
                            "--logging.level." + PROBLEMS + "=DEBUG"));
        }
        node(RequestPath.FAST_PATH).createAccount(USER, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        nodes.values().forEach(GatewayNode::close);
        LoggingSystem.get(StructuredLogIT.class.getClassLoader()).setLogLevel(PROBLEMS, LogLevel.INFO);
    }

    private static GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    private static List<String> lines(String text) throws IOException {
        return Files.readAllLines(LOG).stream()
                .filter(line -> line.contains(text))
                .toList();
    }

    private static JsonNode lineOf(String requestId) throws IOException {
        return GatewayNode.JSON.readTree(
                lines("\"requestId\":\"" + requestId + "\"").get(0));
    }

    /** Repeats the call with a new id until a line has it: a warning that repeats within a second is one line. */
    private static JsonNode awaitLine(GatewayNode node, String method, String path, String token, String body) {
        String[] last = {""};
        Await.until("a line of the request", () -> {
            String id = "id-" + UUID.randomUUID();
            last[0] = id;
            var request = java.net.http.HttpRequest.newBuilder(node.uri(path))
                    .method(method, java.net.http.HttpRequest.BodyPublishers.ofString(body))
                    .headers(
                            "X-Request-Id", id, "Authorization", "Bearer " + token, "Content-Type", "application/json");
            assertThat(GatewayNode.send(request).statusCode()).isGreaterThanOrEqualTo(400);
            Thread.sleep(100);
            return !lines("\"requestId\":\"" + id + "\"").isEmpty();
        });
        try {
            return lineOf(last[0]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenItsServiceIsDeadThenTheLineHasBothIdsAndNoToken(RequestPath path) throws Exception {
        JsonNode pair = node(path).login(USER, PASSWORD);
        String token = pair.get("accessToken").asString();

        JsonNode line = awaitLine(node(path), "POST", "/dead/a?x=1", token, "{}");

        assertThat(line.get("sessionId").asString())
                .isEqualTo(pair.get("sessionId").asString());
        assertThat(line.at("/log/level").asString()).isEqualTo("WARN");
        assertThat(line.get("message").asString()).contains("POST /dead/a");
        assertThat(lines(token)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void endpointWhenItRefusesThenTheLineHasBothIdsAndNoToken(RequestPath path) throws Exception {
        JsonNode pair = node(path).login(USER, PASSWORD);
        String token = pair.get("accessToken").asString();
        String body = "{\"oldPassword\":\"wrong-pass\",\"newPassword\":\"short\"}";

        JsonNode line = awaitLine(node(path), "PUT", "/system/auth/password", token, body);

        assertThat(line.get("sessionId").asString())
                .isEqualTo(pair.get("sessionId").asString());
        assertThat(lines(token)).isEmpty();
        assertThat(lines("Started ")).noneMatch(started -> started.contains("requestId"));
    }
}
