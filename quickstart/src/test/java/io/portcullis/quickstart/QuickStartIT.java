package io.portcullis.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged jar as the README starts it, in a directory with nothing in it, and the README's walk through it. */
@Timeout(180)
class QuickStartIT {
    private static final Path JAR =
            Path.of("target", "portcullis-quickstart.jar").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("Portcullis is ready on (\\S+) ");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path empty;

    private static Process process;
    private static String base;

    @BeforeAll
    static void start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(java, "-jar", JAR.toString())
                .directory(empty.toFile())
                .redirectErrorStream(true);
        builder.environment().put("SERVER_PORT", "0");
        builder.environment().put("MANAGEMENT_SERVER_PORT", "0");
        process = builder.start();
        base = awaitReady(process.inputReader());
    }

    private static String awaitReady(BufferedReader output) throws IOException {
        var seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return ready.group(1);
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("the quick start ended:\n" + seen);
    }

    @Test
    void walkThroughWhenTypedThenAsTheReadmeSays() throws Exception {
        JsonNode pair = login("alice", "alice-demo-pass");
        String access = pair.get("accessToken").asString();

        JsonNode echo = json(send(get("/api/echo/hello", access)));
        assertThat(echo.get("headers").toString()).contains("alice").doesNotContain(access);

        JsonNode next = data(send(request("/system/auth/refresh-token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(text("refreshToken=" + pair.get("refreshToken").asString()))));
        String successor = next.get("accessToken").asString();
        assertThat(send(get("/api/echo/hello", access)).statusCode()).isEqualTo(200);
        assertThat(send(get("/api/echo/hello", successor)).statusCode()).isEqualTo(200);

        var logout = send(request("/system/auth/logout")
                .header("Authorization", "Bearer " + successor)
                .POST(text("")));
        assertThat(logout.statusCode()).isEqualTo(200);
        assertThat(send(get("/api/echo/hello", successor)).statusCode()).isEqualTo(401);
        assertThat(send(get("/api/echo/hello", access)).statusCode()).isEqualTo(401);
        assertThat(send(request("/public/echo/hello")).statusCode()).isEqualTo(200);

        String admin = login("admin", "admin-demo-pass").get("accessToken").asString();
        assertThat(data(send(get("/system/login-log/page?username=alice", admin)))
                        .get("total")
                        .asInt())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void commandsOfTheReadmeWhenTypedThenTheyAnswerAsItSays() throws Exception {
        assumeTrue(ReadmeWalk.isPossible(), "curl is not installed");

        List<String> printed = new ReadmeWalk(URI.create(base).getAuthority()).type();

        assertThat(printed).hasSize(7);
        assertThat(printed.get(0)).contains("\"code\":0", "pca_", "pcr_");
        assertThat(printed.get(1)).contains("alice").doesNotContain("pca_");
        assertThat(printed.get(2)).contains("\"code\":0", "pca_", "pcr_");
        assertThat(printed.get(3)).startsWith("HTTP/1.1 200").contains("alice");
        assertThat(printed.get(4)).contains("\"data\":true");
        assertThat(printed.get(5)).startsWith("HTTP/1.1 401").contains("1002000020");
        assertThat(printed.get(6)).startsWith("HTTP/1.1 401").contains("1002000020");
    }

    /** Last, since all tests share the process. */
    @AfterAll
    static void stopWhenAskedThenNothingIsLeftBehind() throws Exception {
        List<ProcessHandle> servers = process.descendants().toList();
        try {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(servers).isNotEmpty();
            for (ProcessHandle server : servers) {
                server.onExit().get(20, TimeUnit.SECONDS);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static JsonNode login(String username, String password) throws Exception {
        return data(send(request("/system/auth/login")
                .header("Content-Type", "application/json")
                .POST(text("{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password)))));
    }

    private static HttpRequest.Builder get(String path, String token) {
        return request(path).header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT);
    }

    private static HttpRequest.BodyPublisher text(String body) {
        return HttpRequest.BodyPublishers.ofString(body);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode data(HttpResponse<String> response) {
        return json(response).get("data");
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }
}
