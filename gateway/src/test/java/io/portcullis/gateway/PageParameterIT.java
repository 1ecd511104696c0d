package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests what the administrators' pages refuse, and that a filter with unusual text finds nothing, on each list. */
@Tag("database-independent")
class PageParameterIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";

    /** The filters of each list that accept any text. */
    private static final Map<String, List<String>> TEXT_FILTERS = Map.of(
            "session", List.of("username", "userId", "ip", "device"),
            "login-log", List.of("username", "userId", "ip"),
            "token-use", List.of("userId", "ip"),
            "account", List.of("username"));

    private static String admin = "";

    @BeforeAll
    static void logInAdministrator() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    private static Set<String> lists() {
        return TEXT_FILTERS.keySet();
    }

    private static List<String> textFilters(String list) {
        return Objects.requireNonNull(TEXT_FILTERS.get(list));
    }

    private static String page(String list, String parameters) {
        return "/system/" + list + "/page?" + parameters;
    }

    private static JsonNode get(String path) throws Exception {
        var response = node.call("GET", path, admin, null);
        assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
        return GatewayNode.data(response);
    }

    private static void assertRefused(String path, String said) throws Exception {
        var response = node.call("GET", path, admin, null);
        assertThat(response.statusCode()).as(path + response.body()).isEqualTo(400);
        assertThat(response.body()).as(path).contains(said);
    }

    /** Creates two sessions, two entries of the log, two token uses and two accounts that the user's name selects. */
    private static String createRows() throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        node.createAccount(user + "-2", PASSWORD, "user");
        node.login(user, PASSWORD);
        node.login(user, PASSWORD);
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement("""
                        INSERT INTO token_use (access_digest, ip, used_hour, session_id, user_id, first_seen_at, last_seen_at)
                        VALUES (SHA2(?, 256), '192.0.2.1', 1, 'x', ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))""")) {
            for (String token : List.of(user, user + "-2")) {
                statement.setString(1, token);
                statement.setString(2, user);
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
        }
        return user;
    }

    private static String ofUser(String list, String user) {
        return page(list, "pageSize=1&" + textFilters(list).get(0) + "=" + user);
    }

    @ParameterizedTest
    @MethodSource("lists")
    void afterWhenItIsOfOtherFiltersOrAnotherListOrDamagedThenRefused(String list) throws Exception {
        String user = createRows();
        String path = ofUser(list, user);
        String next = get(path).get("next").asString();

        assertThat(get(path + "&after=" + next).get("list").size()).isEqualTo(1);
        assertRefused(ofUser(list, user + "x") + "&after=" + next, "same filters");
        assertRefused(page(list, "after=" + next), "same filters");
        for (String other : lists()) {
            if (!other.equals(list)) {
                assertRefused(ofUser(other, user) + "&after=" + next, "same filters");
            }
        }
        assertRefused(path + "&pageNo=1&after=" + next, "without pageNo");
        assertRefused(path + "&after=" + next.substring(1), "unchanged");
        assertRefused(path + "&after=" + next.substring(0, next.length() - 4), "unchanged");
        assertRefused(path + "&after=%00", "unchanged");
        assertRefused(path + "&after=" + "x".repeat(2_000), "unchanged");
    }

    private static Stream<String> numbersOfEachList() {
        return lists().stream()
                .flatMap(list -> Stream.of("pageSize", "pageNo")
                        .flatMap(name -> Stream.of("0", "-1", "1000000000", "99999999999", "%2B1", "x", "1.5")
                                .map(value -> page(list, name + "=" + value))));
    }

    @ParameterizedTest
    @MethodSource("numbersOfEachList")
    void pageWhenItsNumberOrSizeIsBadThenRefused(String path) throws Exception {
        assertRefused(path, path.contains("pageSize") ? "pageSize" : "pageNo");
    }

    @ParameterizedTest
    @CsvSource({
        "login-log,from=2&to=1,before to",
        "login-log,from=5&to=5,before to",
        "token-use,from=2&to=1,no later than to",
        "token-use,at=1&to=1,without from and to",
        "token-use,at=-1,epoch milliseconds",
        "token-use,at=253402300800000,epoch milliseconds",
    })
    void pageWhenTimesAreBadThenRefused(String list, String parameters, String said) throws Exception {
        assertRefused(page(list, parameters), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"login-log", "token-use"})
    void pageWhenATimeIsOutOfRangeOrASessionIdCannotBeOneThenRefused(String list) throws Exception {
        for (String name : List.of("from", "to")) {
            assertRefused(page(list, name + "=-1"), "epoch milliseconds");
            assertRefused(page(list, name + "=253402300800000"), "epoch milliseconds");
            assertRefused(page(list, name + "=2026-11-18T12:00:00Z"), "epoch milliseconds");
            get(page(list, name + "=253402300799999"));
        }
        assertRefused(page(list, "sessionId=%F0%9F%98%80"), "the id of a session");
        assertRefused(page(list, "sessionId=0123456789012345678901234567890123456"), "at most 36 characters");
        assertThat(get(page(list, "sessionId=x%27--")).get("total").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "_", "x'--", "\"", "😀", "\\", "a\u0000b", "!"})
    void pageWhenFilterIsOddTextThenFindsNothing(String text) throws Exception {
        createRows();
        for (String list : lists()) {
            for (String name : textFilters(list)) {
                String path = page(list, name + "=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
                JsonNode page = get(path);
                assertThat(page.get("total").asInt()).as(path).isZero();
                assertThat(page.get("list").size()).as(path).isZero();
                assertThat(page.get("next").isNull()).as(path).isTrue();
            }
        }
    }

    /** Creates a session, an entry of the log and a token use at each address. Returns the name and id of their user. */
    private static String createRowsAt(List<String> addresses) throws Exception {
        String user = "user-" + UUID.randomUUID();
        for (String address : addresses) {
            insert("""
                    INSERT INTO auth_session (id, user_id, username, user_type, roles, ip, scopes, created_at, last_seen_at, last_ip,
                        expires_at)
                    VALUES (UUID(), ?, ?, 'user', '', ?, '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), '127.0.0.1', '9999-01-01')""", user, user, address);
            insert("""
                    INSERT INTO login_log (id, type, result, user_id, username, ip, created_at)
                    VALUES (UUID(), 'LOGIN', 'SUCCESS', ?, ?, ?, UTC_TIMESTAMP(3))""", user, user, address);
            insert("""
                    INSERT INTO token_use (access_digest, used_hour, session_id, user_id, ip, first_seen_at, last_seen_at)
                    VALUES (SHA2(?, 256), 1, UUID(), ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))""", user, user, address);
        }
        return user;
    }

    private static void insert(String sql, String... values) throws Exception {
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "login-log", "token-use"})
    void pageWhenFilteredByAddressThenThatAddressInAnySpellingOrTheBlock(String list) throws Exception {
        String user = createRowsAt(
                List.of("198.18.7.4", "198.18.7.40", "198.18.70.4", "2001:db8:1:2:0:0:0:4", "2001:db8:1:20:0:0:0:4"));
        var expected = Map.of(
                "198.18.7.4", 1,
                "198.18.7.4/32", 1,
                "198.18.7.", 2,
                "198.18.7.0/24", 2,
                "198.18.0.0/16", 3,
                "2001:DB8:1:2::4", 1,
                "2001:db8:1:2:0:0:0:4", 1,
                "2001:db8:1:2::/64", 1,
                "2001:db8:1:2", 2,
                "2001:db8::/32", 2);
        for (var each : expected.entrySet()) {
            String path = page(list, "userId=" + user + "&ip=" + each.getKey());
            assertThat(get(path).get("total").asInt()).as(path).isEqualTo(each.getValue());
        }
        assertRefused(page(list, "ip=198.18.7.0/20"), "ip");
    }

    @ParameterizedTest
    @CsvSource({
        "session,username=a&username=b,username",
        "login-log,userId=a&userId=a,userId",
        "token-use,ip=192.0.2.1&ip=192.0.2.2,ip",
        "account,username=a&username=,username",
        "session,sessionId=x,sessionId",
        "login-log,device=app,device",
        "token-use,username=alice,username",
        "account,userId=x,userId",
    })
    void pageWhenAFilterOccursTwiceOrIsOneOfAnotherPageThenRefused(String list, String parameters, String name)
            throws Exception {
        assertRefused(page(list, parameters), name);
        get(page(list, "_=1&_=2"));
    }

    private static Stream<String> textFiltersOfEachList() {
        return lists().stream()
                .flatMap(list -> textFilters(list).stream().map(name -> page(list, name + "=" + "x".repeat(3_000))));
    }

    @ParameterizedTest
    @MethodSource("textFiltersOfEachList")
    void pageWhenFilterIsLongerThanItsColumnThenRefused(String path) throws Exception {
        assertRefused(path, "at most");
    }
}
