package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.portcullis.gateway.fastpath.FastPath;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;

/** Tests TLS on the main port without HTTP/2, and TLS with services while clients may speak HTTP/2. */
@Tag("database-independent")
class TlsIT {
    private static final String PASSWORD = "some-demo-pass";

    private static GatewayNode start(Routes routes, String... more) {
        List<String> arguments = new ArrayList<>(TestKeys.arguments());
        arguments.addAll(List.of(more));
        return GatewayNode.start(routes.arguments(arguments.toArray(String[]::new)));
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource
    void clientWhenItSpeaksTlsThenItLogsInAndIsProxied(RequestPath path) throws Exception {
        HttpClient client = Http2Client.client(HttpClient.Version.HTTP_2);
        String user = "user-" + UUID.randomUUID();
        Routes routes = new Routes().add("/api/echo/**", "${SAMPLE_SERVICES_URI}");
        try (GatewayNode node = start(routes, path.argument())) {
            node.createAccount(user, PASSWORD, "user");
            JsonNode pair = GatewayNode.data(send(client, node.loginRequest(user, PASSWORD)));

            var response = send(
                    client,
                    HttpRequest.newBuilder(node.uri("/api/echo/a"))
                            .header(
                                    "Authorization",
                                    "Bearer " + pair.get("accessToken").asString())
                            .header("X-User-Id", "evil"));

            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(response.body())
                    .contains("X-User-Id", user, "\"X-Forwarded-Proto\":[\"https\"]")
                    .doesNotContain("evil");
            assertThat(node.bean(FastPath.class).count()).isEqualTo(path == RequestPath.FAST_PATH ? 1 : 0);
        }
    }

    /** The service prefers HTTP/2, and would get it from the gateway library. */
    @ParameterizedTest
    @CsvSource({"HTTP_1_1, FAST_PATH", "HTTP_1_1, FILTER_CHAIN", "HTTP_2, FAST_PATH"})
    void serviceWhenItOffersHttp2ThenItIsCalledWithHttp1(HttpClient.Version version, RequestPath path)
            throws Exception {
        LoopResources loops = LoopResources.create("tls-service", 1, true);
        DisposableServer service = startService(loops);
        Routes routes = new Routes().add("/open/**", "https://localhost:" + service.port(), "metadata.auth=none");
        try (GatewayNode node = start(
                routes,
                path.argument(),
                "--server.http2.enabled=true",
                "--spring.cloud.gateway.server.webflux.httpclient.ssl.use-insecure-trust-manager=true")) {
            HttpClient client = Http2Client.client(version);

            var response = send(client, HttpRequest.newBuilder(node.uri("/open/a")));

            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo("HTTP/1.1");
        } finally {
            service.disposeNow();
            loops.dispose();
        }
    }

    private static DisposableServer startService(LoopResources loops) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(TestKeys.keyStore(), TestKeys.password());
        var tls = SslContextBuilder.forServer(keys)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1))
                .build();
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(loops)
                .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                .secure(spec -> spec.sslContext(tls))
                .handle((request, response) ->
                        response.sendString(Mono.just(request.version().text())))
                .bindNow();
    }
}
