package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.portcullis.testbed.Testbed;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/** Tests that no token and no password is in a DEBUG log, in MySQL or in Redis after every kind of call. */
class SecretsIT {
    private static final String PASSWORD = "secret-Pass-" + UUID.randomUUID();
    private static final String NEXT_PASSWORD = "secret-Next-" + UUID.randomUUID();
    private static final String WRONG_PASSWORD = "secret-Wrong-" + UUID.randomUUID();
    private static final String user = "user-" + UUID.randomUUID();

    private static final Set<String> secrets = new LinkedHashSet<>();
    /** The tests read the whole log from one file, also if earlier tests have left many keys in Redis, which are logged one by one. */
    private static final String UNDIVIDED_LOG = "--logging.logback.rollingpolicy.max-file-size=10GB";

    private static final Path log = Path.of("target", "secrets-it-" + UUID.randomUUID() + ".log");
    private static final GatewayNode node = GatewayNode.start(
            "--logging.level.root=DEBUG",
            "--logging.level.org.springframework.web=DEBUG",
            "--logging.file.name=" + log,
            UNDIVIDED_LOG,
            "--portcullis.http.cookies=on",
            // The test's own client logs the queries that it sends.
            "--logging.level.jdk.internal.httpclient=INFO");

    @BeforeAll
    static void useAllSecrets() throws Exception {
        secrets.addAll(List.of(PASSWORD, NEXT_PASSWORD, WRONG_PASSWORD));
        node.createAccount(user, PASSWORD, "user");
        node.login(user, WRONG_PASSWORD);
        JsonNode first = pair(node.login(user, PASSWORD));
        JsonNode second = refreshInEachPlace(first);
        proxyInEachPlace(access(second));
        presentBadTokens(second);
        sendBadRequestLine(access(second));
        breakStream(access(second));
        useTickets(access(second));
        changePassword(second);
        administer();
        node.call("POST", "/system/auth/logout", access(second), null);
        node.proxied(access(second));
        node.refresh(refresh(second));
        // Whatever is written behind the answers.
        Thread.sleep(200);
    }

    @AfterAll
    static void close() {
        node.close();
        LoggingSystem.get(SecretsIT.class.getClassLoader()).setLogLevel("ROOT", LogLevel.INFO);
    }

    private static JsonNode pair(JsonNode data) {
        secrets.add(access(data));
        secrets.add(refresh(data));
        return data;
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }

    private static JsonNode refreshInEachPlace(JsonNode first) throws Exception {
        JsonNode second = pair(GatewayNode.data(node.refresh(refresh(first))));
        JsonNode third = pair(post("application/json", "{\"refreshToken\":\"%s\"}".formatted(refresh(second))));
        return pair(post("application/x-www-form-urlencoded", "refreshToken=" + refresh(third)));
    }

    private static JsonNode post(String type, String body) throws Exception {
        return GatewayNode.data(GatewayNode.send(HttpRequest.newBuilder(node.uri("/system/auth/refresh-token"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))));
    }

    private static void proxyInEachPlace(String token) throws Exception {
        assertThat(node.proxied(token)).isEqualTo(200);
        assertThat(node.get("/api/echo/a?token=" + token).statusCode()).isEqualTo(200);
        assertThat(node.get("/api/echo/a", "Cookie", "__Host-portcullis_access=" + token)
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.get("/public/echo/a?token=" + token, "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.get("/system/auth/me?token=" + token).statusCode()).isEqualTo(200);
        assertThat(node.get("/nothing/here?token=" + token).statusCode()).isEqualTo(404);
        assertThat(node.get("/api/..;/echo?token=" + token).statusCode()).isEqualTo(400);
        assertThat(node.get("/api/status/503?token=" + token).statusCode()).isEqualTo(503);
    }

    private static void useTickets(String token) throws Exception {
        assertThat(node.get("/api/echo/a?ticket=" + ticket(token)).statusCode()).isEqualTo(200);
        assertThat(node.get("/public/echo/a?ticket=" + ticket(token)).statusCode())
                .isEqualTo(200);
        assertThat(node.get("/system/auth/me?ticket=" + ticket(token)).statusCode())
                .isEqualTo(401);
        assertThat(node.get("/nothing/here?ticket=" + ticket(token)).statusCode())
                .isEqualTo(404);
        assertThat(node.get("/api/..;/echo?ticket=" + ticket(token)).statusCode())
                .isEqualTo(400);
        assertThat(node.get("/api/status/503?ticket=" + ticket(token)).statusCode())
                .isEqualTo(503);
        String used = ticket(token);
        assertThat(node.get("/api/echo/a?ticket=" + used, "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(400);
        assertThat(node.get("/api/ticks/?ticket=" + used, "Upgrade", "websocket", "Connection", "upgrade")
                        .statusCode())
                .isGreaterThanOrEqualTo(400);
        assertThat(node.get("/api/echo/a", "Referer", "http://localhost/?ticket=" + used)
                        .statusCode())
                .isEqualTo(401);
        node.get("/api/echo/a?ticket=" + used);
        assertThat(node.get("/api/echo/a?ticket=" + used).statusCode()).isEqualTo(401);
        assertThat(node.proxied(used)).isEqualTo(401);
        assertThat(node.call("POST", "/system/auth/logout?ticket=" + used, null, used)
                        .statusCode())
                .isEqualTo(200);
    }

    private static String ticket(String token) throws Exception {
        String ticket = node.ticket(token);
        secrets.add(ticket);
        return ticket;
    }

    private static void presentBadTokens(JsonNode pair) throws Exception {
        node.proxied(refresh(pair));
        node.refresh(access(pair));
        String flipped = access(pair).substring(0, 20)
                + (access(pair).charAt(20) == 'A' ? 'B' : 'A')
                + access(pair).substring(21);
        secrets.add(flipped);
        assertThat(node.proxied(flipped)).isEqualTo(401);
        node.get("/api/echo/a?token=" + access(pair), "Authorization", "Bearer " + access(pair));
        node.get("/api/echo/a", "Authorization", "Bearer " + access(pair) + " x");
        node.call("POST", "/system/auth/login", null, "{\"username\":\"a\",\"password\":\"" + PASSWORD + "\",\"z\":1}");
        node.call("POST", "/system/auth/login", null, "{\"username\":\"a\",\"password\":\"" + PASSWORD + "\"");
        node.call("POST", "/system/auth/refresh-token", null, "{\"refreshToken\":[\"" + refresh(pair) + "\"]}");
    }

    private static void sendBadRequestLine(String token) throws Exception {
        RawHttp.exchange(node, "GET /api/echo/a?x=^%zz&token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n");
        RawHttp.exchange(node, "GET /api/echo/a?token=" + token + " HTTP/9\r\nHost: a\r\n\r\n");
        RawHttp.exchange(node, "GET http://[a?token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** An answer that began can only be cut; what is logged then is the framework's. */
    private static void breakStream(String token) throws Exception {
        try (ServerSocket upstream = new ServerSocket(0);
                GatewayNode breaking = GatewayNode.start(
                        "--logging.level.root=DEBUG",
                        "--logging.level.jdk.internal.httpclient=INFO",
                        "--logging.file.name=" + log,
                        UNDIVIDED_LOG,
                        "--SAMPLE_SERVICES_URI=http://127.0.0.1:" + upstream.getLocalPort())) {
            var response = CompletableFuture.supplyAsync(
                    () -> RawHttp.exchange(breaking, "GET /api/ticks?token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n"));
            try (Socket call = upstream.accept()) {
                call.getInputStream().read(new byte[4096]);
                call.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".getBytes(UTF_8));
                Thread.sleep(100);
                call.setSoLinger(true, 0);
            }
            assertThat(response.get()).startsWith("HTTP/1.1 200").contains("abc");
        }
    }

    private static void changePassword(JsonNode pair) throws Exception {
        String body = "{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}".formatted(PASSWORD, NEXT_PASSWORD);
        assertThat(node.call("PUT", "/system/auth/password", access(pair), body).statusCode())
                .isEqualTo(200);
    }

    private static void administer() throws Exception {
        String admin = "admin-" + UUID.randomUUID();
        node.createAccount(admin, PASSWORD, "admin");
        String token = access(pair(node.login(admin, PASSWORD)));
        String account = "{\"username\":\"other-%s\",\"password\":\"%s\"}".formatted(UUID.randomUUID(), PASSWORD);
        String id = GatewayNode.data(node.call("POST", "/system/account", token, account))
                .get("id")
                .asString();
        String password = "{\"password\":\"%s\"}".formatted(NEXT_PASSWORD);
        assertThat(node.call("PUT", "/system/account/" + id + "/password", token, password)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void logWhenAtDebugThenHoldsNoSecret() throws Exception {
        List<String> lines = Files.readAllLines(log);

        assertThat(lines)
                .anyMatch(line -> line.contains("DEBUG") && line.contains("reactor.netty"))
                .anyMatch(line -> line.contains("DEBUG") && line.contains("lettuce"))
                .anyMatch(line -> line.contains("DEBUG") && line.contains("r2dbc"));
        assertThat(lines.stream().filter(line -> secrets.stream().anyMatch(line::contains)))
                .isEmpty();
    }

    @Test
    void mySqlWhenSearchedThenHoldsNoSecret() {
        DatabaseClient client = node.bean(DatabaseClient.class);
        List<String> tables = rows(client, "SHOW TABLES");
        assertThat(tables).contains("access_token", "login_log", "auth_session");
        List<String> content = new ArrayList<>();
        tables.forEach(table -> content.addAll(rows(client, "SELECT * FROM " + table)));

        assertThat(content).hasSizeGreaterThan(10).anyMatch(row -> row.contains(user));
        assertThat(content).noneMatch(row -> secrets.stream().anyMatch(row::contains));
    }

    private static List<String> rows(DatabaseClient client, String sql) {
        return Objects.requireNonNull(client.sql(sql)
                .map((row, metadata) -> {
                    StringBuilder text = new StringBuilder();
                    for (int i = 0; i < metadata.getColumnMetadatas().size(); i++) {
                        text.append(text(row.get(i))).append(' ');
                    }
                    return text.toString().strip();
                })
                .all()
                .collectList()
                .block());
    }

    private static String text(@Nullable Object value) {
        return value instanceof ByteBuffer bytes
                ? StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString()
                : String.valueOf(value);
    }

    @Test
    void redisWhenSearchedThenHoldsNoSecretAndEveryKeyHasATimeToLive() {
        var redis = Testbed.shared().redis();
        try (RedisClient client = RedisClient.create("redis://" + redis.host() + ":" + redis.port())) {
            RedisCommands<String, String> commands = client.connect().sync();
            List<String> keys = commands.keys("*");
            assertThat(keys).isNotEmpty().allSatisfy(key -> {
                // -1 is a key without an expiry; a key may also have expired since it was listed.
                assertThat(commands.pttl(key)).as(key).isNotEqualTo(-1L);
                String entry = key + " " + commands.get(key);
                assertThat(secrets).noneMatch(entry::contains);
            });
        }
    }
}
