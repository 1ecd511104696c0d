package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.gateway.YudaoDatabase.Login;
import io.portcullis.testbed.Await;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Users of yudao who are logged in while the gateway takes over, with the calls that yudao's front-end makes: the token in
 * {@code Authorization}, the refresh token in the query, {@code tenant-id}, and codes in the body.
 */
class YudaoMigrationIT {
    private static final GatewayNode other = GatewayNode.shared();

    private static GatewayNode node;
    private static YudaoDatabase yudao;
    private static Login first;
    private static Login second;
    private static Login third;
    private static Login fourth;

    @BeforeAll
    static void start() throws Exception {
        node = GatewayNode.start(
                "--portcullis.migration.accept-tokens-until=2099-01-01", "--portcullis.http.status-style=envelope");
        yudao = new YudaoDatabase(node);
        first = yudao.login();
        second = yudao.login();
        third = yudao.login();
        fourth = yudao.login();
        assertThat(yudao.migrate("apply")).contains("import session: 4").doesNotContain(first.access());
    }

    @AfterAll
    static void stop() throws Exception {
        yudao.close();
        node.close();
    }

    private static HttpResponse<String> call(String method, String path, String token) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(node.uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token)
                .header("tenant-id", "1"));
    }

    /** A call of a service of yudao, such as {@code get-permission-info}. The service answers with what it received. */
    private static HttpResponse<String> service(String token) throws Exception {
        return call("GET", "/api/echo/get-permission-info", token);
    }

    private static boolean passes(String token) throws Exception {
        return service(token).body().contains("X-User-Id");
    }

    private static JsonNode refresh(String refreshToken) throws Exception {
        return GatewayNode.JSON.readTree(GatewayNode.send(
                        HttpRequest.newBuilder(node.uri("/system/auth/refresh-token?refreshToken=" + refreshToken))
                                .header("tenant-id", "1")
                                .POST(HttpRequest.BodyPublishers.noBody()))
                .body());
    }

    private static int code(HttpResponse<String> response) {
        return GatewayNode.JSON.readTree(response.body()).get("code").asInt();
    }

    private static String text(JsonNode answer, String field) {
        return answer.get("data").get(field).asString();
    }

    @Test
    void requestWithAnOldTokenThenPassesAsItsUserUntilTheLogout() throws Exception {
        assertThat(service(first.access()).body())
                .contains(first.userId(), first.username(), "X-Tenant-Id")
                .doesNotContain(first.access());

        JsonNode refreshed = refresh(first.refresh());
        assertThat(refreshed.get("code").asInt()).as(refreshed.toString()).isZero();
        String access = text(refreshed, "accessToken");
        assertThat(passes(access)).isTrue();
        assertThat(passes(first.access())).as("within grace").isTrue();
        assertThat(text(refresh(first.refresh()), "accessToken"))
                .as("within grace")
                .isEqualTo(access);

        assertThat(call("POST", "/system/auth/logout", first.access()).body()).contains("\"data\":true");
        for (String token : List.of(first.access(), access)) {
            assertThat(code(service(token))).isEqualTo(ErrorCode.SESSION_LOGGED_OUT.code());
        }
        for (String token : List.of(first.refresh(), text(refreshed, "refreshToken"))) {
            assertThat(refresh(token).get("code").asInt()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT.code());
        }
        assertThat(other.proxied(access)).isEqualTo(401);
    }

    @Test
    void refreshWhenManyThenOneSuccessorAndReuseLaterEndsTheSession() throws Exception {
        List<CompletableFuture<JsonNode>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return refresh(second.refresh());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        Set<String> successors = new HashSet<>();
        for (var each : calls) {
            successors.add(text(each.join(), "refreshToken"));
        }
        assertThat(successors).hasSize(1);
        JsonNode next = refresh(successors.iterator().next());
        assertThat(next.get("code").asInt()).isZero();

        assertThat(refresh(second.refresh()).get("code").asInt()).isEqualTo(ErrorCode.SESSION_REUSE.code());
        assertThat(passes(text(next, "accessToken"))).isFalse();
        assertThat(passes(second.access())).isFalse();
    }

    @Test
    void kickAndLogoutWithTheRefreshTokenThenTheOldTokensAreDead() throws Exception {
        assertThat(passes(third.access())).isTrue();
        String admin =
                other.login("admin", "admin-demo-pass").get("accessToken").asString();
        assertThat(other.call("DELETE", "/system/user/" + third.userId() + "/sessions", admin, null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(code(service(third.access()))).isEqualTo(ErrorCode.SESSION_KICKED.code());
        assertThat(refresh(third.refresh()).get("code").asInt()).isEqualTo(ErrorCode.SESSION_KICKED.code());

        assertThat(passes(fourth.access())).isTrue();
        assertThat(call("POST", "/system/auth/logout?refreshToken=" + fourth.refresh(), "x")
                        .body())
                .contains("\"data\":true");
        assertThat(passes(fourth.access())).isFalse();
    }

    @Test
    void requestWhenTheTokenIsNotImportedThenRefused() throws Exception {
        assertThat(code(service(YudaoDatabase.token()))).isEqualTo(401);
        assertThat(refresh(YudaoDatabase.token()).get("code").asInt())
                .isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID.code());
        assertThat(call("POST", "/system/auth/logout", YudaoDatabase.token()).body())
                .contains("\"data\":true");
        assertThat(refresh(second.access()).get("code").asInt())
                .as("an access token as a refresh token")
                .isNotZero();
        assertThat(code(service(second.refresh())))
                .as("a refresh token as an access token")
                .isEqualTo(401);
    }

    @Test
    void requestWhenImportedTokensAreOffThenRefusedWithoutAnEffect() throws Exception {
        Login login = yudao.login();
        yudao.migrate("apply");

        assertThat(other.proxied(login.access())).isEqualTo(401);
        assertThat(other.refresh(login.refresh()).statusCode()).isEqualTo(401);
        assertThat(passes(login.access())).isTrue();
        assertThat(other.proxied(login.access())).as("although Redis has it").isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/public/echo/a", "/public/echo/a?b=1"})
    void publicRouteWhenAnOldTokenIsSentThenTheServiceDoesNotGetIt(String path) throws Exception {
        Login login = yudao.login();

        assertThat(call("GET", path, login.access()).body()).doesNotContain(login.access());
    }

    @Test
    void loginWithTheOldPasswordThenLoggedIn() throws Exception {
        var request = HttpRequest.newBuilder(node.uri("/system/auth/login"))
                .header("Content-Type", "application/json")
                .header("tenant-id", "1")
                .POST(HttpRequest.BodyPublishers.ofString("{\"tenantName\":\"a\",\"username\":\"" + second.username()
                        + "\",\"password\":\"" + YudaoDatabase.PASSWORD
                        + "\",\"captchaVerification\":\"\",\"rememberMe\":true}"));

        JsonNode answer = GatewayNode.JSON.readTree(GatewayNode.send(request).body());

        assertThat(answer.get("code").asInt()).as(answer.toString()).isZero();
        assertThat(text(answer, "userId")).isEqualTo(second.userId());
    }

    @Test
    void applyAgainThenFollowsRefreshesAndLogoutsOfYudao() throws Exception {
        Login refreshed = yudao.login();
        Login loggedOut = yudao.login();
        yudao.migrate("apply");
        assertThat(passes(refreshed.access())).isTrue();
        assertThat(passes(loggedOut.access())).isTrue();

        String next = yudao.access(Long.parseLong(refreshed.userId()), refreshed.refresh());
        yudao.logOut(loggedOut);
        assertThat(yudao.migrate("apply")).contains("update session", "the login has ended in the source");

        assertThat(passes(next)).isTrue();
        Await.until(
                "replaced and ended tokens are refused",
                () -> !passes(refreshed.access()) && !passes(loggedOut.access()));
        assertThat(refresh(loggedOut.refresh()).get("code").asInt()).isNotZero();
    }

    /** The accounts stay in yudao, as the guide says for names that occur in several tenants. */
    @Test
    void loginsOfOneNameInTwoTenantsThenEachStaysInItsOwn() throws Exception {
        try (var database = new YudaoDatabase(node)) {
            database.importLoginsOnly();
            Login one = database.login("wang", 1);
            Login two = database.login("wang", 122);
            assertThat(database.migrate("apply")).contains("import session: 2");
            database.role(two, "ops");
            database.role(two, "x,admin");
            database.role(two, "admin");
            database.role(two, " Admin");
            String query = queryOfTheGuide().replace("ruoyi-vue-pro", database.name());
            try (var tenants = GatewayNode.start(
                    "--portcullis.migration.accept-tokens-until=2099-01-01",
                    "--portcullis.account.query=" + query,
                    "--portcullis.account.enabled-values=0",
                    "--portcullis.login.tenant-header=tenant-id")) {
                for (Login login : List.of(one, two)) {
                    JsonNode pair = GatewayNode.data(tenants.refresh(login.refresh()));
                    String answer = tenants.call(
                                    "GET",
                                    "/api/echo/a",
                                    pair.get("accessToken").asString(),
                                    null)
                            .body();
                    assertThat(answer).contains(login.userId()).contains(login.equals(one) ? "\"1\"" : "\"122\"");
                    assertThat(answer.contains("\"X-User-Roles\":[\"ops\"]"))
                            .as(answer)
                            .isEqualTo(login.equals(two));
                }
                var request =
                        tenants.loginRequest("wang", YudaoDatabase.PASSWORD).header("tenant-id", "122");
                assertThat(GatewayNode.data(GatewayNode.send(request))
                                .get("userId")
                                .asString())
                        .isEqualTo(two.userId());
            }
        }
    }

    private static String queryOfTheGuide() throws Exception {
        String guide = Files.readString(Path.of("../docs/migration/yudao.md"));
        return guide.substring(guide.indexOf("SELECT u.id"), guide.indexOf("account.enabled-values"))
                .replace('\n', ' ')
                .strip();
    }

    @Test
    void undoThenUnusedSessionsEndAndRefreshedOnesStay() throws Exception {
        try (var database = new YudaoDatabase(node)) {
            Login unused = database.login();
            Login used = database.login();
            database.migrate("apply");
            assertThat(passes(unused.access())).isTrue();
            String access = text(refresh(used.refresh()), "accessToken");

            assertThat(database.migrate("undo")).contains("keep session", "keep account " + used.userId());

            Await.until("the imported token is refused", () -> !passes(unused.access()));
            assertThat(refresh(unused.refresh()).get("code").asInt()).isEqualTo(ErrorCode.REFRESH_TOKEN_INVALID.code());
            assertThat(passes(access)).isTrue();
            database.migrate("apply");
            assertThat(refresh(unused.refresh()).get("code").asInt()).isZero();
        }
    }
}
