package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.TcpProxy;
import io.portcullis.testbed.Testbed;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Tests the shutdown of a node with an end that Redis has and MySQL has not confirmed. The node is a separate process. */
@Timeout(300)
class UnconfirmedEndShutdownIT {
    private static final GatewayNode other = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";
    private static final String URL = "--spring.r2dbc.url=";
    private static final String PHASE = "--spring.lifecycle.timeout-per-shutdown-phase=";
    private static final Duration PROMPT = Duration.ofSeconds(60);

    private final String user = "user-" + UUID.randomUUID();
    private TcpProxy proxy;
    private JsonNode pair;

    @BeforeEach
    void login() throws Exception {
        proxy = TcpProxy.to("127.0.0.1", Testbed.shared().database().port());
        other.createAccount(user, PASSWORD, "user");
        pair = other.login(user, PASSWORD);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    @Test
    void stopWhenMySqlComesBackThenTheEndIsFinishedBeforeTheNodeStops() throws Exception {
        try (var node = GatewayProcess.start(PHASE + "60s", throughProxy())) {
            logOutUnconfirmed(node);

            node.terminate();
            Await.until("the port closes", () -> !accepts(node));
            assertThat(node.alive()).isTrue();
            proxy.heal();

            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
            assertThat(node.output()).doesNotContain("stopping anyway");
        }
        assertThat(other.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void stopWhenMySqlStaysAwayThenTheNumberOfUnfinishedEndsIsLogged() throws Exception {
        try (var node = GatewayProcess.start(PHASE + "3s", throughProxy())) {
            logOutUnconfirmed(node);

            node.terminate();

            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
            assertThat(node.output()).contains("MySQL had not confirmed the ends of 1 sessions; stopping anyway");
        }
    }

    /** Cuts the node off from MySQL after the tombstone of a logout. */
    private void logOutUnconfirmed(GatewayProcess node) throws Exception {
        var held = proxy.holdResponse("UPDATE auth_session SET ended_at");
        var logout =
                node.call("POST", "/system/auth/logout", pair.get("accessToken").asString(), null);
        held.get(20, TimeUnit.SECONDS);
        proxy.refuse();
        proxy.cut();
        assertThat(logout.join().statusCode()).isEqualTo(503);
        Await.until("the metric tells", () -> metrics(node).contains("\nportcullis_ends_unconfirmed 1.0\n"));
        assertThat(metrics(node)).contains("\nportcullis_ends_dropped_total 0.0\n");
    }

    /** Returns the argument that connects a node to the shared database through the proxy, without TLS. */
    private String throughProxy() {
        String argument = GatewayNode.arguments().stream()
                .filter(each -> each.startsWith(URL))
                .findFirst()
                .orElseThrow();
        return URL + DatabaseServer.throughProxy(argument.substring(URL.length()), proxy.port());
    }

    private static String metrics(GatewayProcess node) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(node.managementUri("/actuator/prometheus")))
                .body();
    }

    private static boolean accepts(GatewayProcess node) {
        try (var socket = new Socket("localhost", node.uri("/").getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
