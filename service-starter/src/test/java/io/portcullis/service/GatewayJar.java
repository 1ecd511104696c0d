package io.portcullis.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.GatewayTimeLimits;
import io.portcullis.testbed.Ports;
import io.portcullis.testbed.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The gateway as it is shipped, as a process on the stores of the testbed, which a test stops and starts again on the same port. */
final class GatewayJar implements AutoCloseable {
    private static final Path JAR = Path.of("../gateway/target/portcullis-gateway-exec.jar");
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final DatabaseServer server = Testbed.shared().database();
    private final String database = server.createDatabase();
    private final int port = Ports.free();
    private final int managementPort = Ports.free();
    private final Path log;
    private List<String> arguments = List.of();
    private @Nullable Process process;

    /** Chooses the ports; nothing runs yet. */
    GatewayJar() throws IOException {
        assertThat(JAR).as("the gateway is packaged before this module").exists();
        this.log = Files.createTempFile("gateway-", ".log");
    }

    /** Starts the gateway with these further arguments, and waits until it serves. */
    void start(List<String> furtherArguments) throws IOException {
        arguments = furtherArguments;
        restart();
    }

    private Process launch() throws IOException {
        var redis = Testbed.shared().redis();
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toAbsolutePath().toString(),
                "--server.port=" + port,
                "--management.server.port=" + managementPort,
                "--spring.r2dbc.url=" + database,
                "--spring.r2dbc.username=" + server.username(),
                "--spring.r2dbc.password=" + server.password(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port(),
                "--portcullis.bootstrap-admin.username=admin",
                "--portcullis.bootstrap-admin.password=admin-demo-pass"));
        command.addAll(GatewayTimeLimits.ofBusyMachine());
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(Files.createTempDirectory("gateway-").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void awaitReady(Process launched) {
        Await.until(this::describe, LIMIT, () -> {
            assertThat(launched.isAlive()).as(describe()).isTrue();
            try {
                return get(URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness"))
                                .statusCode()
                        == 200;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private String describe() {
        try {
            return "the gateway is ready: " + Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process at once. */
    void kill() throws InterruptedException {
        Process killed = Objects.requireNonNull(process);
        killed.destroyForcibly();
        assertThat(killed.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Starts a process in place of the one that was killed. */
    void restart() throws IOException {
        Process launched = launch();
        process = launched;
        awaitReady(launched);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Logs the administrator in, and returns the access token. */
    String login() throws Exception {
        var login = HttpRequest.newBuilder(uri("/system/auth/login"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"admin\",\"password\":\"admin-demo-pass\"}"));
        HttpResponse<String> response = send(login);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonMapper()
                .readTree(response.body())
                .get("data")
                .get("accessToken")
                .asString();
    }

    /** Sends a GET request. Header names and values come in turn. */
    static HttpResponse<String> get(URI uri, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Returns the first column of the rows that a query yields; an empty list for a change. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = open();
                var statement = connection.createStatement()) {
            List<String> values = new ArrayList<>();
            if (statement.execute(sql)) {
                try (var rows = statement.getResultSet()) {
                    while (rows.next()) {
                        values.add(rows.getString(1));
                    }
                }
            }
            return values;
        }
    }

    private Connection open() throws SQLException {
        URI uri = URI.create(database.substring("r2dbc:".length()));
        String mode = String.valueOf(uri.getQuery()).contains("required")
                ? "sslMode=trust"
                : "sslMode=disable&allowPublicKeyRetrieval=true";
        return DriverManager.getConnection(
                "jdbc:mariadb://%s:%d%s?%s".formatted(uri.getHost(), uri.getPort(), uri.getPath(), mode),
                server.username(),
                server.password());
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
