package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.portcullis.testbed.Ports;
import io.portcullis.testbed.SampleServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the scripts of {@code src/test/javascript}: clients from npm, with and without the package of {@code clients/javascript},
 * against two nodes of one installation. Skipped where Node.js, npm or the packages are missing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaScriptClientsIT {
    private static final String BASE = "http://127.0.0.1:";
    private static final String AUDIENCE = "signed-service";

    private final NpmProject project = NpmProject.install(Path.of("src/test/javascript"), Path.of("target/javascript"));
    private final SampleServices services = SampleServices.start();
    private final Installation installation = new Installation();
    private final HttpServer control = createServer();
    private Map<String, String> environment = Map.of();

    private static HttpServer createServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    void start() {
        project.addPackage("portcullis-client", Path.of("javascript"));
        int node = startNode("30m");
        control.createContext("/restart", exchange -> {
            installation.restartNode(node);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        control.start();
        int servicePort = Ports.free();
        int loginPort = Ports.free();
        int scripted = startNodeOfScriptedServices(servicePort, loginPort);
        environment = Map.ofEntries(
                Map.entry("GATEWAY", BASE + node),
                Map.entry("GATEWAY_SHORT_LIVED", BASE + startNode("1s")),
                Map.entry("GATEWAY_SIGNED", BASE + scripted),
                Map.entry("GATEWAY_OPENID", BASE + scripted),
                Map.entry("JWK_SET_URI", BASE + scripted + "/.well-known/jwks.json"),
                Map.entry("AUDIENCE", AUDIENCE),
                Map.entry("SERVICE_PORT", String.valueOf(servicePort)),
                Map.entry("LOGIN_PORT", String.valueOf(loginPort)),
                Map.entry("CONTROL", BASE + control.getAddress().getPort()),
                Map.entry("ADMIN", Installation.ADMIN),
                Map.entry("PASSWORD", Installation.PASSWORD),
                Map.entry("CLIENT_SECRET", OAuth2Clients.SECRET));
    }

    /** Starts a node with cookies, and with routes to a service and a login service that scripts start. */
    private int startNodeOfScriptedServices(int servicePort, int loginPort) {
        String routes = "--spring.cloud.gateway.server.webflux.routes";
        return installation.startNode(
                "--portcullis.http.cookies=on",
                routes + "[0].id=" + AUDIENCE,
                routes + "[0].uri=" + BASE + servicePort,
                routes + "[0].predicates[0]=Path=/signed/**",
                routes + "[0].metadata.signed-identity=true",
                routes + "[1].id=openid-login",
                routes + "[1].uri=" + BASE + loginPort,
                routes + "[1].predicates[0]=Path=/login/openid/**",
                routes + "[1].metadata.auth=none",
                routes + "[1].metadata.login=true",
                routes + "[2].id=echo",
                routes + "[2].uri=" + services.uri(),
                routes + "[2].predicates[0]=Path=/api/echo/**");
    }

    private int startNode(String accessTtl) {
        return installation.startNode(OAuth2Clients.arguments(
                "--spring.config.additional-location=file:../config/",
                "--SAMPLE_SERVICES_URI=" + services.uri(),
                "--SAMPLE_SERVICES_WS_URI=" + services.uri().replaceFirst("^http", "ws"),
                "--portcullis.token.access-ttl=" + accessTtl));
    }

    @AfterAll
    void stop() {
        control.stop(0);
        installation.close();
        services.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fetch.test.js",
                "axios.test.js",
                "undici.test.js",
                "tabs.test.js",
                "streams.test.js",
                "types.test.js",
                "identity.test.js",
                "oauth2.test.js",
                "openid.test.js"
            })
    void scriptPasses(String script) {
        NpmProject.Result result = project.run(environment, "node", "--test", script);

        assertThat(result.exitCode()).as(result.output()).isZero();
    }
}
