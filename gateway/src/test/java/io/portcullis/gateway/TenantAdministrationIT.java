package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.termination.Actor;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/**
 * Tests, for each endpoint of the administration that the application has, that an administrator of one tenant neither sees nor changes
 * what is in another. An endpoint without a row in {@link #ROWS} fails the test.
 */
class TenantAdministrationIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final GatewayNode node = GatewayNode.shared();

    private static final String RUN = UUID.randomUUID().toString().substring(0, 8);
    private static final Member adminOfA = new Member("admin-a-" + RUN, "tenant-a-" + RUN, "admin");
    private static final Member userOfA = new Member("user-a-" + RUN, "tenant-a-" + RUN, "user");
    private static final Member userOfB = new Member("user-b-" + RUN, "tenant-b-" + RUN, "user", "auditor");
    private static final Member unrestricted = new Member("admin-" + RUN, null, "admin");
    private static final String EVENT_OF_A = UUID.randomUUID().toString();
    private static final String EVENT_OF_B = UUID.randomUUID().toString();

    private static String cookies;

    /** What an administrator of one tenant gets. */
    private enum Answer {
        /** Pages, which have the rows of the own tenant alone, whatever the filter. */
        PAGE,
        /** Calls that name something: what another tenant has is answered as what does not exist. */
        NAMED,
        /** Calls that concern all tenants. */
        FORBIDDEN,
        /** Calls that concern the caller alone. */
        OWN
    }

    /**
     * @param id the kind of id in the path, or the filter of a page that finds the rows of user B
     * @param body the body of the call
     */
    private record Row(
            Answer answer, @Nullable String id, @Nullable String body) {}

    private static final Map<String, Row> ROWS = new HashMap<>();

    static {
        row("GET /system/session/page", Answer.PAGE, "userId", null);
        row("GET /system/login-log/page", Answer.PAGE, "userId", null);
        row("GET /system/token-use/page", Answer.PAGE, "userId", null);
        row("GET /system/account/page", Answer.PAGE, "username", null);
        row("GET /system/event/page", Answer.PAGE, "sessionId", null);
        row("DELETE /system/session/{id}", Answer.NAMED, "sessionId", null);
        row("GET /system/user/{userId}/sessions", Answer.NAMED, "userId", null);
        row("DELETE /system/user/{userId}/sessions", Answer.NAMED, "userId", null);
        row("PUT /system/account/{id}/status", Answer.NAMED, "userId", "{\"status\":\"disabled\"}");
        row("PUT /system/account/{id}/roles", Answer.NAMED, "userId", "{\"roles\":[\"user\"]}");
        row("PUT /system/account/{id}/password", Answer.NAMED, "userId", "{\"password\":\"another-demo-pass\"}");
        row("DELETE /system/account/{id}", Answer.NAMED, "userId", null);
        row("POST /system/event/{id}/redeliver", Answer.NAMED, "eventId", null);
        row("GET /system/console/streams/{sessionId}", Answer.NAMED, "sessionId", null);
        row(
                "POST /system/account",
                Answer.FORBIDDEN,
                null,
                "{\"username\":\"new-%s\",\"password\":\"%s\",\"tenantId\":\"%s\"}"
                        .formatted(RUN, PASSWORD, userOfB.tenantId));
        for (String call : List.of(
                "GET /system/route/list",
                "GET /system/diagnostics",
                "GET /system/node/samples",
                "GET /system/session/samples",
                "GET /system/oauth2-client/page",
                "POST /system/oauth2-client",
                "PUT /system/oauth2-client/{id}",
                "DELETE /system/oauth2-client/{id}",
                "POST /system/oauth2-client/{id}/secret",
                "DELETE /system/oauth2-client/{id}/secret")) {
            row(call, Answer.FORBIDDEN, null, "{}");
        }
        row("GET /system/console/overview", Answer.OWN, null, null);
    }

    private static void row(String call, Answer answer, @Nullable String id, @Nullable String body) {
        ROWS.put(call, new Row(answer, id, body));
    }

    /** A user with an account and a session. */
    private static final class Member {
        final String username;
        final @Nullable String tenantId;
        final Set<String> roles;
        String userId = "";
        String sessionId = "";
        String token = "";

        Member(String username, @Nullable String tenantId, String... roles) {
            this.username = username;
            this.tenantId = tenantId;
            this.roles = Set.of(roles);
        }

        void join() throws Exception {
            var created = node.bean(AccountService.class)
                    .create(
                            new NewAccount(username, PASSWORD, roles, "user", tenantId),
                            TenantScope.ALL,
                            Actor.gateway());
            userId = Objects.requireNonNull(created.block()).id();
            JsonNode pair = node.login(username, PASSWORD);
            sessionId = pair.get("sessionId").asString();
            token = pair.get("accessToken").asString();
        }

        String id(String kind) {
            return switch (kind) {
                case "userId" -> userId;
                case "sessionId" -> sessionId;
                case "username" -> username;
                case "eventId" -> tenantId != null && tenantId.equals(userOfB.tenantId) ? EVENT_OF_B : EVENT_OF_A;
                default -> throw new IllegalArgumentException(kind);
            };
        }
    }

    @BeforeAll
    static void joinAll() throws Exception {
        for (Member member : List.of(adminOfA, userOfA, userOfB, unrestricted)) {
            member.join();
        }
        insertEvent(EVENT_OF_A, userOfA);
        insertEvent(EVENT_OF_B, userOfB);
        insertTokenUse(userOfA);
        insertTokenUse(userOfB);
        String login = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(adminOfA.username, PASSWORD);
        cookies =
                node.call("POST", "/console/api/console/login", null, login).headers().allValues("Set-Cookie").stream()
                        .map(cookie -> cookie.replaceFirst(";.*", ""))
                        .collect(Collectors.joining("; "));
    }

    @AfterAll
    static void removeEvents() throws SQLException {
        update("DELETE FROM session_event WHERE id IN (?, ?)", EVENT_OF_A, EVENT_OF_B);
    }

    private static void insertEvent(String id, Member member) throws SQLException {
        update(
                "INSERT INTO session_event (id, type, ordinal, reason, session_id, user_id, username, user_type, tenant_id, ip,"
                        + " occurred_at, created_at, state, next_attempt_at) VALUES (?, 'session-opened', 1, 'login', ?, ?, ?, 'user',"
                        + " ?, '192.0.2.1', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'DEAD', UTC_TIMESTAMP(3))",
                id,
                member.sessionId,
                member.userId,
                member.username,
                Objects.requireNonNull(member.tenantId));
    }

    private static void insertTokenUse(Member member) throws SQLException {
        update(
                "INSERT INTO token_use (access_digest, ip, used_hour, session_id, user_id, first_seen_at, last_seen_at, tenant_id)"
                        + " VALUES (SHA2(?, 256), '192.0.2.1', 1, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ?)",
                member.username,
                member.sessionId,
                member.userId,
                Objects.requireNonNull(member.tenantId));
    }

    private static void update(String sql, String... values) throws SQLException {
        try (var database = GatewayNode.openDatabase();
                var statement = database.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    /** Returns method and path of every endpoint of the administration. */
    static List<String> endpoints() {
        return node.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternsCondition().getPatterns().stream()
                        .flatMap(path -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + path.getPatternString())))
                .filter(call -> call.contains(" /system/") && !call.contains("/system/auth/"))
                .filter(call -> !call.matches(".*/console/log(in|out)"))
                .sorted()
                .toList();
    }

    /** Calls as the administrator of tenant A, with the token, and as the console does. */
    private static List<HttpResponse<String>> call(String method, String path, @Nullable String body) throws Exception {
        var throughConsole = HttpRequest.newBuilder(node.uri(path.replaceFirst("^/system/", "/console/api/")))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .headers("Cookie", cookies, "Sec-Fetch-Site", "same-origin", "Content-Type", "application/json");
        return List.of(node.call(method, path, adminOfA.token, body), GatewayNode.send(throughConsole));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void endpointWhenTheCallerAdministersOneTenantThenNothingOfAnother(String endpoint) throws Exception {
        Row row = Objects.requireNonNull(ROWS.get(endpoint), "row of " + endpoint);
        String method = endpoint.replaceFirst(" .*", "");
        String path = endpoint.replaceFirst(".* ", "");

        switch (row.answer) {
            case PAGE -> assertOwnRowsAlone(path, Objects.requireNonNull(row.id));
            case NAMED -> assertAsUnknown(method, path, Objects.requireNonNull(row.id), row.body);
            case FORBIDDEN -> {
                for (var response :
                        call(method, path.replaceAll("\\{\\w+}", "x"), method.equals("GET") ? null : row.body)) {
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
                    assertThat(response.body()).contains("expected: ");
                }
            }
            case OWN -> {
                for (var response : call(method, path, null)) {
                    assertThat(response.statusCode()).isEqualTo(200);
                    assertThat(response.body()).doesNotContain(userOfB.tenantId).contains("\"streams\":null");
                }
            }
        }
        assertUntouched();
    }

    private static void assertOwnRowsAlone(String path, String filter) throws Exception {
        for (var response : call("GET", path + "?pageSize=100", null)) {
            assertThat(response.body()).contains(userOfA.id(marker(filter)));
            assertNothingOfB(response);
        }
        String unknown = UUID.randomUUID().toString();
        List<HttpResponse<String>> ofUnknown = call("GET", path + "?" + filter + "=" + unknown, null);
        for (String query : List.of(
                filter + "=" + userOfB.id(filter),
                "tenantId=" + userOfB.tenantId,
                "tenantId=" + userOfB.tenantId + "&" + filter + "=" + userOfB.id(filter))) {
            List<HttpResponse<String>> ofB = call("GET", path + "?" + query, null);
            for (int door = 0; door < ofB.size(); door++) {
                assertThat(ofB.get(door).body()).isEqualTo(ofUnknown.get(door).body());
            }
        }
        var all = node.call("GET", path + "?tenantId=" + userOfB.tenantId, unrestricted.token, null);
        assertThat(all.body()).contains(userOfB.id(marker(filter))).doesNotContain(userOfA.id(marker(filter)));
    }

    private static String marker(String filter) {
        return filter.equals("username") ? "username" : "userId";
    }

    private static void assertNothingOfB(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body())
                .doesNotContain(userOfB.userId, userOfB.username, userOfB.sessionId, EVENT_OF_B, unrestricted.username);
    }

    /** Compares what the call answers for user B with what it answers for an id that nothing has. */
    private static void assertAsUnknown(String method, String path, String kind, @Nullable String body)
            throws Exception {
        String unknown = UUID.randomUUID().toString();
        List<HttpResponse<String>> ofB = call(method, path.replaceAll("\\{\\w+}", userOfB.id(kind)), body);
        List<HttpResponse<String>> ofUnknown = call(method, path.replaceAll("\\{\\w+}", unknown), body);
        for (int door = 0; door < ofB.size(); door++) {
            assertThat(ofB.get(door).statusCode()).isEqualTo(ofUnknown.get(door).statusCode());
            assertThat(ofB.get(door).body()).isEqualTo(ofUnknown.get(door).body());
        }
    }

    private static void assertUntouched() throws Exception {
        assertThat(node.proxied(userOfB.token)).isEqualTo(200);
        String account = "SELECT COUNT(*) FROM account WHERE id = ? AND status = 'ENABLED' AND roles LIKE '%auditor%'";
        assertThat(GatewayNode.count(account, userOfB.userId)).isEqualTo(1);
        assertThat(GatewayNode.count("SELECT COUNT(*) FROM session_event WHERE id = ? AND state = 'DEAD'", EVENT_OF_B))
                .isEqualTo(1);
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log WHERE user_id = ? AND type <> 'LOGIN'"
                                + " AND type <> 'ACCOUNT_CREATED'",
                        userOfB.userId))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'', user, 200, true",
        "own, user, 200, true",
        "other, user, 403, false",
        "'', admin, 200, true",
        "'', auditor, 403, false"
    })
    void createWhenTheCallerAdministersOneTenantThenOnlyWithinItAndItsRoles(
            String tenant, String role, int status, boolean created) throws Exception {
        String name = "created-" + UUID.randomUUID();
        String named = tenant.isEmpty() ? "" : tenant.equals("own") ? adminOfA.tenantId : userOfB.tenantId;
        String body = "{\"username\":\"%s\",\"password\":\"%s\",\"roles\":[\"%s\"],\"tenantId\":\"%s\"}"
                .formatted(name, PASSWORD, role, named);

        var response = node.call("POST", "/system/account", adminOfA.token, body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(GatewayNode.count("SELECT COUNT(*) FROM account WHERE username = ?", name))
                .isEqualTo(created ? 1 : 0);
        if (created) {
            JsonNode session = node.login(name, PASSWORD);
            JsonNode me = GatewayNode.data(node.call(
                    "GET", "/system/auth/me", session.get("accessToken").asString(), null));
            assertThat(me.get("tenantId").asString()).isEqualTo(adminOfA.tenantId);
        }
    }

    /** An account with a role that the administrator may not give cannot be taken over by a new password. */
    @Test
    void changeWhenTheAccountHasARoleBeyondTheTenantThenItsPasswordAndRolesStay() throws Exception {
        Member auditor = new Member("auditor-" + UUID.randomUUID(), adminOfA.tenantId, "auditor");
        auditor.join();
        String account = "/system/account/" + auditor.userId;

        var reset = node.call("PUT", account + "/password", adminOfA.token, "{\"password\":\"another-demo-pass\"}");
        var roles = node.call("PUT", account + "/roles", adminOfA.token, "{\"roles\":[\"auditor\",\"operator\"]}");

        assertThat(reset.statusCode()).isEqualTo(403);
        assertThat(roles.statusCode()).isEqualTo(403);
        assertThat(node.proxied(auditor.token)).isEqualTo(200);
        var kept = node.call("PUT", account + "/roles", adminOfA.token, "{\"roles\":[\"auditor\",\"user\"]}");
        assertThat(kept.statusCode()).as(kept.body()).isEqualTo(200);
    }

    @Test
    void changeWhenInTheOwnTenantThenDone() throws Exception {
        Member member = new Member("own-" + UUID.randomUUID(), adminOfA.tenantId, "user");
        member.join();

        assertThat(GatewayNode.data(
                        node.call("GET", "/system/user/" + member.userId + "/sessions", adminOfA.token, null)))
                .hasSize(1);
        var kicked = node.call("DELETE", "/system/session/" + member.sessionId, adminOfA.token, null);
        assertThat(kicked.statusCode()).isEqualTo(200);
        assertThat(node.proxied(member.token)).isEqualTo(401);
        var deleted = node.call("DELETE", "/system/account/" + member.userId, adminOfA.token, null);
        assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(200);
    }
}
