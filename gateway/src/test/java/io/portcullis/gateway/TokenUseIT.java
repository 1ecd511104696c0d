package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.Await;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests that each use of a token reaches the administrators' page, on the nodes of both paths. */
@Timeout(180)
@Tag("database-independent")
class TokenUseIT {
    private static final Map<RequestPath, GatewayNode> nodes = new EnumMap<>(RequestPath.class);
    private static final String PASSWORD = "some-demo-pass";

    private static String admin = "";
    private String user = "";

    @BeforeAll
    static void startNodes() throws Exception {
        for (RequestPath path : RequestPath.values()) {
            nodes.put(
                    path,
                    GatewayNode.start(
                            path.argument(),
                            "--portcullis.token-use.flush-interval=1s",
                            "--portcullis.http.cookies=on",
                            "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1|0:0:0:0:0:0:0:1"));
        }
        admin = node(RequestPath.FAST_PATH)
                .login("admin", "admin-demo-pass")
                .get("accessToken")
                .asString();
    }

    @AfterAll
    static void closeNodes() {
        nodes.values().forEach(GatewayNode::close);
    }

    @BeforeEach
    void createUser() {
        user = "user-" + UUID.randomUUID();
        node(RequestPath.FAST_PATH).createAccount(user, PASSWORD, "user");
    }

    private static GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    private static JsonNode get(String path) throws Exception {
        var response = node(RequestPath.FAST_PATH).call("GET", path, admin, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return GatewayNode.data(response);
    }

    private static List<JsonNode> uses(String query) throws Exception {
        JsonNode page = get("/system/token-use/page?pageSize=100&" + query);
        assertThat(page.toString()).doesNotContain("pca_", "pcr_", "pct_");
        List<JsonNode> list = new ArrayList<>();
        page.get("list").forEach(list::add);
        return list;
    }

    private static Set<String> addresses(String query) throws Exception {
        Set<String> all = new HashSet<>();
        uses(query).forEach(use -> all.add(use.get("ip").asString()));
        return all;
    }

    private static int use(RequestPath path, String target, JsonNode pair, String address) throws Exception {
        return node(path)
                .get(
                        target,
                        "Authorization",
                        "Bearer " + pair.get("accessToken").asString(),
                        "X-Forwarded-For",
                        address)
                .statusCode();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheTokenPassesThenThePageShowsWhoAndWhereAndWhen(RequestPath path) throws Exception {
        JsonNode pair = node(path).login(user, PASSWORD);
        String session = pair.get("sessionId").asString();
        long begin = System.currentTimeMillis();
        long fast = node(path).bean(FastPath.class).count();
        assertThat(use(path, "/api/echo/a", pair, "198.51.100.7")).isEqualTo(200);
        assertThat(use(path, "/api/echo/a", pair, "2001:DB8::1")).isEqualTo(200);
        assertThat(node(path).bean(FastPath.class).count() - fast).isEqualTo(path == RequestPath.FAST_PATH ? 2 : 0);
        assertThat(use(path, "/system/auth/me", pair, "198.51.100.8")).isEqualTo(200);
        assertThat(use(path, "/system/session/page", pair, "198.51.100.9"))
                .as("a token that passes and lacks a role is used, too")
                .isEqualTo(403);
        assertThat(use(path, "/system/auth/check", pair, "198.51.100.10"))
                .as("the decision for another proxy, of which the address is trusted")
                .isEqualTo(200);
        long end = System.currentTimeMillis();

        Await.until("five addresses", () -> addresses("sessionId=" + session).size() == 5);

        assertThat(addresses("sessionId=" + session))
                .containsExactlyInAnyOrder(
                        "198.51.100.7", "2001:db8:0:0:0:0:0:1", "198.51.100.8", "198.51.100.9", "198.51.100.10");
        JsonNode use = uses("ip=2001:db8::1&sessionId=" + session).get(0);
        assertThat(use.get("userId")).isEqualTo(pair.get("userId"));
        assertThat(use.get("sessionId").asString()).isEqualTo(session);
        assertThat(use.get("firstSeenTime").asLong()).isBetween(begin, end);
        assertThat(use.get("lastSeenTime").asLong()).isBetween(begin, end);
        String id = use.get("accessTokenId").asString();
        assertThat(id).matches("[0-9a-f]{16}");
        assertThat(uses("accessTokenId=" + id)).hasSize(5);
        assertThat(uses("userId=" + pair.get("userId").asString())).hasSize(5);
        assertThat(uses("ip=198.51.100.7&at=" + begin + "&sessionId=" + session))
                .hasSize(1);
        assertThat(uses("at=" + (begin - 3_600_000) + "&sessionId=" + session)).isEmpty();
        assertThat(uses("from=" + begin + "&to=" + end + "&sessionId=" + session))
                .hasSize(5);
        assertThat(uses("to=" + (begin - 1) + "&sessionId=" + session)).isEmpty();
        assertThat(uses("from=" + (end + 1) + "&sessionId=" + session)).isEmpty();
        assertSeen(pair, "198.51.100.10", begin, end);
    }

    private static void assertSeen(JsonNode pair, String ip, long begin, long end) throws Exception {
        String user = pair.get("userId").asString();
        Await.until("the online list shows the last address", () -> {
            JsonNode session =
                    get("/system/session/page?userId=" + user).get("list").get(0);
            return session.toString().contains("\"" + ip + "\"")
                    && session.get("lastSeenTime").asLong() >= begin
                    && session.get("lastSeenTime").asLong() <= end;
        });
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenRefusedThenNoUse(RequestPath path) throws Exception {
        JsonNode pair = node(path).login(user, PASSWORD);
        assertThat(node(path)
                        .call(
                                "POST",
                                "/system/auth/logout",
                                pair.get("accessToken").asString(),
                                null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(use(path, "/api/echo/a", pair, "198.51.100.7")).isEqualTo(401);
        JsonNode later = node(path).login(user, PASSWORD);
        assertThat(use(path, "/api/echo/a", later, "198.51.100.8")).isEqualTo(200);

        Await.until(
                "the later use",
                () -> !uses("sessionId=" + later.get("sessionId").asString()).isEmpty());

        assertThat(uses("sessionId=" + pair.get("sessionId").asString())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenByCookieOrTicketThenRecordedAsWell(RequestPath path) throws Exception {
        Browser browser = Browser.loggedIn(node(path), user, PASSWORD);
        assertThat(browser.get(node(path), "/api/echo/a").statusCode()).isEqualTo(200);
        Await.until("the use by a cookie", () -> tokens().size() == 1);

        assertThat(browser.without(Browser.ACCESS)
                        .get(node(path), "/api/echo/a")
                        .statusCode())
                .isEqualTo(200);
        Await.until("the use of the token of the silent refresh", () -> tokens().size() == 2);

        JsonNode pair = node(path).login(user, PASSWORD);
        String ticket = GatewayNode.data(node(path)
                        .call(
                                "POST",
                                "/system/auth/ticket",
                                pair.get("accessToken").asString(),
                                null))
                .get("ticket")
                .asString();
        assertThat(node(path).get("/api/echo/a?ticket=" + ticket).statusCode()).isEqualTo(200);
        Await.until("the use of the ticket", () -> tokens().contains("ticket"));
    }

    private Set<String> tokens() throws Exception {
        String userId = get("/system/session/page?username=" + user)
                .get("list")
                .get(0)
                .get("userId")
                .asString();
        Set<String> all = new HashSet<>();
        uses("userId=" + userId).forEach(use -> all.add(use.get("accessTokenId").asString()));
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "at=x,at",
        "at=-1,at",
        "at=99999999999999999,at",
        "at=1&from=1,at",
        "from=2&to=1,from",
        "pageNo=0,pageNo",
        "pageSize=1000000000,pageSize",
        "accessTokenId=zz,accessTokenId",
        "accessTokenId=abc,accessTokenId"
    })
    void pageWhenAParameterIsBadThenItIsNamed(String query, String field) throws Exception {
        var response = node(RequestPath.FAST_PATH).call("GET", "/system/token-use/page?" + query, admin, null);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "userId=x'--",
                "userId=%25",
                "userId=_",
                "userId=%F0%9F%99%82",
                "sessionId=x",
                "ip=%F0%9F%99%82",
                "ip=1.2.3.4'",
                "at=0&ip=203.0.113.250",
                "at=253402300799999",
                "to=0"
            })
    void pageWhenNothingCanFitThenEmpty(String query) throws Exception {
        assertThat(uses(query)).isEmpty();
    }

    @Test
    void stopWhenUsesWaitThenTheyAreWritten() throws Exception {
        JsonNode pair;
        try (GatewayNode other = GatewayNode.start("--portcullis.token-use.flush-interval=5m")) {
            pair = other.login(user, PASSWORD);
            assertThat(other.proxied(pair.get("accessToken").asString())).isEqualTo(200);
            assertThat(uses("sessionId=" + pair.get("sessionId").asString())).isEmpty();
        }

        assertThat(uses("sessionId=" + pair.get("sessionId").asString())).hasSize(1);
    }

    @Test
    void requestWhenSwitchedOffThenNothingIsRecorded() throws Exception {
        JsonNode pair;
        try (GatewayNode other = GatewayNode.start("--portcullis.token-use.enabled=false")) {
            pair = other.login(user, PASSWORD);
            assertThat(other.proxied(pair.get("accessToken").asString())).isEqualTo(200);
        }

        assertThat(uses("sessionId=" + pair.get("sessionId").asString())).isEmpty();
    }
}
