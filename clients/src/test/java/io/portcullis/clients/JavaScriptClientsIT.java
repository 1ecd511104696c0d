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
        int signed = startNodeWithSignedRoute(servicePort);
        environment = Map.of(
                "GATEWAY",
                BASE + node,
                "GATEWAY_SHORT_LIVED",
                BASE + startNode("1s"),
                "GATEWAY_SIGNED",
                BASE + signed,
                "JWK_SET_URI",
                BASE + signed + "/.well-known/jwks.json",
                "AUDIENCE",
                AUDIENCE,
                "SERVICE_PORT",
                String.valueOf(servicePort),
                "CONTROL",
                BASE + control.getAddress().getPort(),
                "ADMIN",
                Installation.ADMIN,
                "PASSWORD",
                Installation.PASSWORD,
                "CLIENT_SECRET",
                OAuth2Clients.SECRET);
    }

    /** Starts a node with a route to a service that a script starts. */
    private int startNodeWithSignedRoute(int servicePort) {
        String route = "--spring.cloud.gateway.server.webflux.routes[0].";
        return installation.startNode(
                route + "id=" + AUDIENCE,
                route + "uri=" + BASE + servicePort,
                route + "predicates[0]=Path=/signed/**",
                route + "metadata.signed-identity=true");
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
                "oauth2.test.js"
            })
    void scriptPasses(String script) {
        NpmProject.Result result = project.run(environment, "node", "--test", script);

        assertThat(result.exitCode()).as(result.output()).isZero();
    }
}
