package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests the contract of the administrators' pages (docs/adr/0027). {@link PageParameterIT} has the refusals. */
class PageIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";

    private static String admin = "";
    private String user = "";

    @BeforeAll
    static void logInAdministrator() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    @BeforeEach
    void createUser() {
        user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
    }

    private static JsonNode get(String path) throws Exception {
        var response = node.call("GET", path, admin, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return GatewayNode.data(response);
    }

    private static void assertRefused(String path, String said) throws Exception {
        var response = node.call("GET", path, admin, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains(said);
    }

    /** Copies the row of one session of the user, with other ids, each a second older than the one before. */
    private void copySession(String id, int copies) throws Exception {
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement("""
                        INSERT INTO auth_session (id, user_id, username, user_type, roles, ip, scopes, created_at,
                            last_seen_at, last_ip, expires_at)
                        SELECT ?, user_id, username, user_type, roles, ip, scopes, TIMESTAMPADD(SECOND, ?, created_at),
                            last_seen_at, last_ip, expires_at FROM auth_session WHERE id = ?""")) {
            for (int i = 0; i < copies; i++) {
                statement.setString(1, UUID.randomUUID().toString());
                // Two sessions of each time, so that a page ends between sessions of the same time.
                statement.setInt(2, -(i / 2));
                statement.setString(3, id);
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"username", "userId"})
    void nextWhenSessionsBeginAndEndMeanwhileThenEachOtherSessionOnce(String filter) throws Exception {
        JsonNode first = node.login(user, PASSWORD);
        copySession(first.get("sessionId").asString(), 24);
        String path = "/system/session/page?pageSize=4&" + filter + "="
                + (filter.equals("username") ? user : first.get("userId").asString());
        JsonNode all = get(path.replace("pageSize=4", "pageSize=200")).get("list");
        List<String> expected = ids(all);
        List<String> listed = new ArrayList<>();

        JsonNode page = get(path);
        assertThat(page.get("total").asInt()).isEqualTo(25);
        assertThat(page.get("more").asBoolean()).isFalse();
        for (listed.addAll(ids(page.get("list"))); !page.get("next").isNull(); listed.addAll(ids(page.get("list")))) {
            // A session begins, and one that was listed already ends.
            node.login(user, PASSWORD);
            node.call("DELETE", "/system/session/" + listed.get(listed.size() - 1), admin, null);
            page = get(path + "&after=" + page.get("next").asString());
        }

        assertThat(expected).hasSize(25);
        assertThat(listed).containsExactlyElementsOf(expected);
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.forEach(element -> ids.add(element.get("id").asString()));
        return ids;
    }

    @Test
    void loginLogWhenFilteredByIdsThenTheirEntriesOnEachPage() throws Exception {
        JsonNode login = node.login(user, PASSWORD);
        node.login(user, PASSWORD);
        String session = login.get("sessionId").asString();
        node.call("DELETE", "/system/session/" + session, admin, null);
        String log = "/system/login-log/page?pageSize=1&";

        JsonNode newest = get(log + "sessionId=" + session);
        JsonNode oldest = get(
                log + "sessionId=" + session + "&after=" + newest.get("next").asString());
        JsonNode ofUser = get(log + "userId=" + login.get("userId").asString());
        JsonNode kicks = get(log + "type=kicked&userId=" + login.get("userId").asString());

        assertThat(newest.get("total").asInt()).isEqualTo(2);
        assertThat(newest.get("list").get(0).get("type").asString()).isEqualTo("kicked");
        assertThat(oldest.get("list").get(0).get("type").asString()).isEqualTo("login");
        assertThat(oldest.get("next").isNull()).isTrue();
        // The making of the account, two logins and the kick.
        assertThat(ofUser.get("total").asInt()).isEqualTo(4);
        assertThat(kicks.get("total").asInt()).isEqualTo(1);
        assertThat(kicks.get("next").isNull()).isTrue();
    }

    @Test
    void loginLogWhenNoTimeIsGivenThenTheLastSevenDays() throws Exception {
        JsonNode login = node.login(user, PASSWORD);
        node.login(user, PASSWORD);
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement(
                        "UPDATE login_log SET created_at = TIMESTAMPADD(DAY, -8, created_at) WHERE session_id = ?")) {
            statement.setString(1, login.get("sessionId").asString());
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
        String log = "/system/login-log/page?type=login&username=" + user;
        long now = System.currentTimeMillis();

        assertThat(get(log).get("total").asInt()).isEqualTo(1);
        assertThat(get(log + "&from=0").get("total").asInt()).isEqualTo(2);
        assertThat(get(log + "&to=" + (now - 604_800_000L)).get("total").asInt())
                .isEqualTo(1);
        assertThat(get(log + "&to=" + (now + 604_800_000L)).get("total").asInt())
                .isEqualTo(2);
    }

    /** 10,001 sessions: the count stops before the last one. */
    @Test
    void pageNoWhenBeyondTheCountedThenRefusedAndNextGoesOn() throws Exception {
        String name = "many-" + UUID.randomUUID();
        insertSessions(name, 10_005);
        String path = "/system/session/page?pageSize=200&username=" + name;

        JsonNode page = get(path + "&pageNo=50");
        assertThat(page.get("total").asInt()).isEqualTo(10_000);
        assertThat(page.get("more").asBoolean()).isTrue();
        assertThat(page.get("list").size()).isEqualTo(200);
        assertRefused(path + "&pageNo=51", "add a filter");
        assertRefused(path + "&pageNo=1000000", "add a filter");
        JsonNode last = get(path + "&after=" + page.get("next").asString());
        assertThat(last.get("list").size()).isEqualTo(5);
        assertThat(last.get("next").isNull()).isTrue();
        deleteSessions(name);
    }

    private static void insertSessions(String name, int count) throws Exception {
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.createStatement()) {
            var rows = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                rows.add("(UUID(),'many','%s','member','user','192.0.2.1','',TIMESTAMPADD(SECOND,-%d,UTC_TIMESTAMP(3)),"
                                .formatted(name, i)
                        + "UTC_TIMESTAMP(3),'192.0.2.1',TIMESTAMPADD(DAY,1,UTC_TIMESTAMP(3)))");
                if (rows.size() == 1_000 || i == count - 1) {
                    statement.execute("INSERT INTO auth_session (id, user_id, username, user_type, roles, ip, scopes,"
                            + " created_at, last_seen_at, last_ip, expires_at) VALUES " + String.join(",", rows));
                    rows.clear();
                }
            }
        }
    }

    private static void deleteSessions(String name) throws Exception {
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement("DELETE FROM auth_session WHERE username = ?")) {
            statement.setString(1, name);
            assertThat(statement.executeUpdate()).isPositive();
        }
    }
}
