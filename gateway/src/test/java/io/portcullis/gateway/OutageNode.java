package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;

/** A gateway node with a database and a Redis of its own, which tests stop and freeze, and one account. */
final class OutageNode implements AutoCloseable {
    static final String USER = "alice";
    static final String PASSWORD = "some-demo-pass";

    private final DatabaseServer database = DatabaseServer.start();
    private RedisServer redis = RedisServer.start();
    private final List<String> arguments;
    private final GatewayNode node;
    private final LogCapture log = LogCapture.of(Logger.ROOT_LOGGER_NAME, Level.WARN);

    private OutageNode(List<String> arguments) {
        this.arguments = arguments;
        this.node = startNode();
    }

    /** @param arguments more command-line arguments of the node */
    static OutageNode start(String... arguments) {
        OutageNode started = new OutageNode(List.of(arguments));
        started.node.createAccount(USER, PASSWORD, "user");
        return started;
    }

    GatewayNode node() {
        return node;
    }

    DatabaseServer database() {
        return database;
    }

    RedisServer redis() {
        return redis;
    }

    /** Starts another node on the same stores. */
    GatewayNode startNode() {
        Stream<String> stores = Stream.of(
                "--spring.r2dbc.url=" + database.r2dbcUrl(),
                "--spring.r2dbc.username=" + database.username(),
                "--spring.r2dbc.password=" + database.password(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port());
        return GatewayNode.start(Stream.concat(stores, arguments.stream()).toArray(String[]::new));
    }

    /** Starts an empty Redis on the port of the one that was closed. */
    void restartRedis() {
        redis = RedisServer.start(redis.port());
    }

    Connection openDatabase() throws SQLException {
        URI uri = URI.create(database.r2dbcUrl().substring("r2dbc:".length()));
        String mode = String.valueOf(uri.getQuery()).contains("required")
                ? "sslMode=trust"
                : "sslMode=disable&allowPublicKeyRetrieval=true";
        return DriverManager.getConnection(
                "jdbc:mariadb://%s:%d%s?%s".formatted(uri.getHost(), uri.getPort(), uri.getPath(), mode),
                database.username(),
                database.password());
    }

    /** Logs the user in and returns the tokens. */
    JsonNode login() throws Exception {
        return node.login(USER, PASSWORD);
    }

    /** Returns the answer to a login of the user. */
    HttpResponse<String> tryLogin() throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(USER, PASSWORD);
        return node.call("POST", "/system/auth/login", null, body);
    }

    static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    /** Waits until the node trusts Redis. */
    void awaitTrust() {
        node.awaitTrust();
    }

    /** Returns the stack traces that the node has logged. */
    List<String> stackTraces() {
        return log.traces();
    }

    static void assertRetryLater(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @Override
    public void close() {
        log.close();
        node.close();
        redis.close();
        database.close();
    }
}
