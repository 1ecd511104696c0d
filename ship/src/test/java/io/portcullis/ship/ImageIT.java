package io.portcullis.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.Ports;
import io.portcullis.testbed.SampleServices;
import io.portcullis.testbed.Testbed;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the directory and the start command of the image against real stores, without a container engine: as another user than
 * root where the test runs as root, and with no directory that the JVM can write to.
 */
@Tag("database-independent")
class ImageIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int TERMINATED = 128 + 15;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Headers by which services might take a client for another one. */
    private static final List<String> FORGED = List.of(
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-User",
            "X-Forwarded-Client-Cert",
            "X-Forwarded-Prefix",
            "Forwarded",
            "X-Real-IP",
            "X-Client-IP",
            "CF-Connecting-IP",
            "Fly-Client-IP",
            "X-Envoy-Internal",
            "X-Original-URL",
            "X-Request-Id");

    private static final int port = Ports.free();
    private static final int managementPort = Ports.free();

    @TempDir
    private static Path directory;

    private static Path portcullis;
    private static Path log;
    private static Process gateway;
    private static SampleServices services;

    @BeforeAll
    static void start() throws Exception {
        assertThat(directory.toFile().setExecutable(true, false)).isTrue();
        services = SampleServices.start();
        portcullis = ImageLayout.make(directory);
        log = directory.resolve("gateway.log");
        gateway = launch(List.of(portcullis.resolve("bin/start").toString()), environment())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Await.until(ImageIT::describe, LIMIT, () -> {
            assertThat(gateway.isAlive()).as(describe()).isTrue();
            return healthcheck(managementPort) == 0;
        });
    }

    @AfterAll
    static void end() {
        gateway.destroyForcibly();
        services.close();
    }

    private static Map<String, String> environment() {
        DatabaseServer server = Testbed.shared().database();
        var redis = Testbed.shared().redis();
        return Map.of(
                "SAMPLE_SERVICES_URI", services.uri(),
                "SPRING_CLOUD_GATEWAY_SERVER_WEBFLUX_TRUSTED_PROXIES", "127\\.0\\.0\\.1",
                "JAVA_TOOL_OPTIONS", "-Xmx256m -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Djava.io.tmpdir=/proc/none",
                "SERVER_PORT", String.valueOf(port),
                "MANAGEMENT_SERVER_PORT", String.valueOf(managementPort),
                "SPRING_R2DBC_URL", server.createDatabase(),
                "SPRING_R2DBC_USERNAME", server.username(),
                "SPRING_R2DBC_PASSWORD", server.password(),
                "SPRING_DATA_REDIS_HOST", redis.host(),
                "SPRING_DATA_REDIS_PORT", String.valueOf(redis.port()));
    }

    private static ProcessBuilder launch(List<String> command, Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            words.addAll(List.of("setpriv", "--reuid=10001", "--regid=10001", "--clear-groups", "--no-new-privs"));
        }
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).directory(new File("/"));
        builder.environment().clear();
        builder.environment().put("PATH", ImageLayout.java().getParent() + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        return builder;
    }

    private static int healthcheck(int port) {
        try {
            Process check = launch(
                            List.of(portcullis.resolve("bin/healthcheck").toString()),
                            Map.of("MANAGEMENT_SERVER_PORT", String.valueOf(port)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(check.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return check.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String describe() {
        try {
            return "the image's start command serves: " + Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void servesTheRoutesOfTheImage() throws Exception {
        assertThat(get(port, "/api/echo/hello").statusCode()).isEqualTo(401);
        assertThat(get(port, "/none").statusCode()).isEqualTo(404);
    }

    @Test
    void servesItsBillOfMaterialsOnTheManagementPortOnly() throws Exception {
        var bill = new JsonMapper()
                .readTree(get(managementPort, "/actuator/sbom/application").body());

        assertThat(bill.get("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(bill.get("components").findValuesAsString("name"))
                .contains("netty-handler", "lettuce-core", "auth-core");
        assertThat(get(port, "/actuator/sbom/application").statusCode()).isEqualTo(404);
    }

    @Test
    void takesNettysNativeLibrariesFromTheImage() throws Exception {
        String maps = Files.readString(Path.of("/proc/" + gateway.pid() + "/maps"));

        assertThat(maps)
                .contains(portcullis + "/native/libnetty_transport_native_epoll_")
                .doesNotContain("quic");
    }

    @Test
    void failsTheHealthCheckOfAPortThatIsNotTheManagementPort() {
        assertThat(healthcheck(port)).isEqualTo(1);
        assertThat(healthcheck(Ports.free())).isEqualTo(1);
    }

    @Test
    void getsFromTheNginxOfTheClusterNoHeaderThatAClientForged() throws Exception {
        assumeTrue(Nginx.isInstalled(), "nginx is not installed");
        try (Nginx nginx = Nginx.start(directory, port)) {
            var forged = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nginx.port() + "/public/echo/hello"));
            FORGED.forEach(name -> forged.header(name, "203.0.113.66"));
            HttpResponse<String> echo = HTTP.send(forged.build(), HttpResponse.BodyHandlers.ofString());

            assertThat(echo.statusCode()).as(echo.body()).isEqualTo(200);
            assertThat(echo.body()).doesNotContain("203.0.113.66");
            var headers = new JsonMapper()
                    .readTree(echo.body().toLowerCase(Locale.ROOT))
                    .get("headers");
            assertThat(headers.get("x-forwarded-for").get(0).asString()).startsWith("127.0.0.1,");
            assertThat(headers.get("x-forwarded-proto").get(0).asString()).isEqualTo("http");
            assertThat(headers.get("x-forwarded-host").get(0).asString()).isEqualTo("127.0.0.1:" + nginx.port());
        }
    }

    @Test
    void isAskedByTheNginxOfTheClusterForDecisionsNever() throws Exception {
        assumeTrue(Nginx.isInstalled(), "nginx is not installed");
        try (Nginx nginx = Nginx.start(directory, port)) {
            assertThat(get(nginx.port(), "/system/auth/check").body()).contains("nginx");
            assertThat(get(nginx.port(), "/api/echo/hello").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void endsOnSigtermBecauseTheStartCommandReplacesTheShell() throws Exception {
        Process second = launch(
                        List.of(
                                portcullis.resolve("bin/start").toString(),
                                "--server.port=0",
                                "--management.server.port=0"),
                        environment())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("second.log").toFile())
                .start();
        Path command = Path.of("/proc/" + second.pid() + "/cmdline");
        Await.until("the process is the JVM", () -> Files.readString(command).contains("-Djava.library.path=native"));

        second.destroy();

        assertThat(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(TERMINATED);
    }
}
