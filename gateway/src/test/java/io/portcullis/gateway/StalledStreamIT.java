package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslHandler;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Tests that a stream falls with its session although its client, or its service, reads nothing. The write timeout, which closes such a
 * connection as well, is longer than the tests wait.
 */
@Timeout(180)
@Tag("database-independent")
class StalledStreamIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final StreamingService service = new StreamingService();
    private static final BulkService bulk = BulkService.start();
    private static final GatewayNode plain = start();

    private static GatewayNode start(String... more) {
        return GatewayNode.start(new Routes()
                .add("/s/**", service.uri(), "metadata.websocket=true")
                .add("/bulk/**", bulk.uri(), "metadata.websocket=true")
                .arguments(more));
    }

    private static GatewayNode startWithTls(boolean fast) {
        List<String> arguments = new ArrayList<>(TestKeys.arguments());
        arguments.add("--portcullis.http.write-timeout=300s");
        arguments.add("--portcullis.fast-path.enabled=" + fast);
        arguments.add("--spring.main.sources=" + PatientCloseNotify.class.getName());
        return start(arguments.toArray(String[]::new));
    }

    @BeforeAll
    static void createUser() {
        plain.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() throws IOException {
        plain.close();
        service.close();
        bulk.close();
    }

    private static String login() throws Exception {
        return plain.login(user, PASSWORD).get("accessToken").asString();
    }

    private static void logOut(String token) throws Exception {
        assertThat(plain.call("POST", "/system/auth/logout", token, null).statusCode())
                .isEqualTo(200);
    }

    /** Opens a connection with TLS and requests the path. */
    private static Socket request(GatewayNode node, String path, String token, String headers) throws Exception {
        SSLContext context = TestKeys.clientContext();
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        int port = node.uri("/").getPort();
        socket.connect(new InetSocketAddress("localhost", port));
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
        tls.setSoTimeout(20_000);
        tls.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n"
                        .formatted(path, token, headers)
                        .getBytes(ISO_8859_1));
        return tls;
    }

    private static void awaitStall(GatewayNode node) throws Exception {
        Await.until(
                "the stream is registered", () -> node.bean(OpenStreams.class).count() == 1);
        int sent = -1;
        while (bulk.sent() != sent) {
            sent = bulk.sent();
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void logoutWhenAClientWithTlsReadsNothingThenItsStreamsFall(boolean fast) throws Exception {
        try (GatewayNode node = startWithTls(fast)) {
            for (String path : new String[] {"/bulk/chunked", "/bulk/events", "/bulk/websocket"}) {
                String token = login();
                String headers = path.endsWith("websocket") ? StreamClient.UPGRADE : "";
                try (Socket client = request(node, path, token, headers)) {
                    assertThat(new String(client.getInputStream().readNBytes(9), ISO_8859_1))
                            .isEqualTo("HTTP/1.1 ");
                    awaitStall(node);

                    logOut(token);

                    Await.until(
                            "the stream has ended: " + path,
                            () -> node.bean(OpenStreams.class).count() == 0 && bulk.open() == 0);
                }
            }
        }
    }

    @Test
    void logoutWhenTheServiceReadsNothingThenItsConnectionIsClosed() throws Exception {
        try (GatewayNode node = start("--portcullis.http.write-timeout=300s")) {
            String path = "/s/ws-deaf?n=" + UUID.randomUUID();
            String token = login();
            try (StreamClient client = StreamClient.open(node, path, token)) {
                client.sendUntilBlocked();

                logOut(token);

                assertThat(service.awaitEnd(path)).isEqualTo("end");
            }
        }
    }

    /** Lets TLS wait for its peer longer than the tests do. By default it waits for 3 s. Not annotated, lest other nodes find it. */
    static class PatientCloseNotify {
        @Bean
        NettyServerCustomizer patientCloseNotify() {
            return server -> server.doOnConnection(connection -> {
                SslHandler handler = connection.channel().pipeline().get(SslHandler.class);
                if (handler != null) {
                    handler.setCloseNotifyFlushTimeoutMillis(TimeUnit.MINUTES.toMillis(5));
                }
            });
        }
    }
}
