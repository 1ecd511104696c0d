package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.testbed.Await;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** A gateway behind a proxy, before the user table of another application. */
@ExtendWith(OutputCaptureExtension.class)
class ExistingUserTableIT {
    private static final String QUERY =
            "SELECT user_id, user_name, password, status, 'user', 'member' FROM sys_user WHERE user_name = :username";

    private static GatewayNode node;

    @BeforeAll
    static void start() throws SQLException {
        String hash = new BCryptPasswordEncoder(4).encode("x".repeat(72));
        update("CREATE TABLE sys_user (user_id BIGINT, user_name VARCHAR(30), password VARCHAR(100), status CHAR(1))");
        update("INSERT INTO sys_user VALUES (1, 'ry', '" + hash + "', '0'), (2, 'stopped', '" + hash + "', '1'),"
                + " (3, 'nohash', NULL, '0'), (4, 'twin', '" + hash + "', '0'), (5, 'twin', '" + hash + "', '0'),"
                + " (6, 'sso', '{sha9}x', '0'),"
                + " (7, 'argon2', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', '0'),"
                + " (8, 'scrypt', '$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$dVsXoSoLBhSuScec7hs1amnavQvQxbgeko00guog0AE', '0'),"
                + " (9, 'pbkdf2', 'pbkdf2_sha256$10000$seasalt2$2kPPpB7CHsIlzmk5DAo/50YEnrDMwbHTFelOrvO7Iug=', '0')");
        node = GatewayNode.start(
                "--portcullis.account.query=" + QUERY,
                "--portcullis.account.enabled-values=0",
                "--portcullis.login.max-failures-per-address=30",
                // A busy machine must not count as a failure of MySQL.
                "--portcullis.mysql.acquire-timeout=5s",
                "--portcullis.mysql.connect-timeout=5s",
                "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1|0:0:0:0:0:0:0:1");
    }

    @AfterAll
    static void stop() throws SQLException {
        node.close();
        update("DROP TABLE sys_user");
    }

    private static void update(String sql) throws SQLException {
        try (Connection connection = GatewayNode.openDatabase();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static HttpRequest login(String username, String password, String address) {
        return HttpRequest.newBuilder(node.uri("/system/auth/login"))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", address)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password)))
                .build();
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return GatewayNode.HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "ry, 80, 200, 0",
        "ry, 72, 200, 0",
        "ry, 71, 400, 1002000000",
        "stopped, 72, 400, 1002000001",
        "nohash, 72, 400, 1002000000",
        "twin, 72, 400, 1002000000",
        "sso, 72, 400, 1002000000",
        "nobody, 72, 400, 1002000000"
    })
    void loginWhenTheTableIsAsItIsThenAnAnswer(String user, int length, int status, int code) throws Exception {
        var response = send(login(user, "x".repeat(length), "198.51.100." + (10 + user.length())));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains("\"code\":" + code + ",");
    }

    /** The hashes are those of PasswordHasherTests, made by other tools. */
    @ParameterizedTest
    @CsvSource({"argon2, password", "scrypt, alice-demo-pass", "pbkdf2, alice-demo-pass"})
    void loginWhenTheHashIsOfAnotherKindThenOnlyThePasswordLogsIn(String user, String password) throws Exception {
        assertThat(send(login(user, password, "198.51.100.77")).body()).contains("\"code\":0,");
        assertThat(send(login(user, password + "x", "198.51.100.78")).body()).contains("\"code\":1002000000,");
    }

    /** Real hashes at their real cost. What is counted are answers; their time is the machine's. */
    @Test
    void loginGivenAFloodUnderRandomNamesThenAnotherAddressIsAnswered() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            flood.add(GatewayNode.HTTP.sendAsync(
                    login("flood" + i, "x", "203.0.113.1:" + (1024 + i)), HttpResponse.BodyHandlers.ofString()));
        }
        for (int i = 0; i < 5; i++) {
            assertThat(send(login("ry", "x".repeat(72), "203.0.113.2")).statusCode())
                    .isEqualTo(200);
        }

        Map<Integer, Integer> answers = new TreeMap<>();
        for (var each : flood) {
            answers.merge(each.join().statusCode(), 1, Integer::sum);
        }
        assertThat(answers).containsOnlyKeys(400, 429);
        assertThat(answers.get(400)).isLessThanOrEqualTo(30);
    }

    @Test
    void startWhenTheQueryCannotWorkThenASentenceSaysWhy(CapturedOutput output) {
        String query = QUERY.replace("sys_user", "sys_users");

        assertThatThrownBy(() ->
                        GatewayNode.start("--portcullis.account.query=" + query).close())
                .rootCause()
                .hasMessageContaining("portcullis.account.query: ")
                .hasMessageContaining("sys_users");

        // The log is written by a thread of its own.
        Await.until("the failure is logged", () -> output.getAll().contains("APPLICATION FAILED TO START"));
        assertThat(output).doesNotContain("\tat ");
    }
}
