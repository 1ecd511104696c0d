package io.portcullis.gateway;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenDigest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The session protocol as HTTP calls of running nodes, each of one chosen at random. Time passes by moving the rows of the sessions back in
 * MySQL and shortening the TTLs in Redis; the expiry in the tokens' text stays. Two calls may run at the same time.
 */
final class SessionCalls implements SessionProtocol {
    private record Pair(String access, String refresh) {}

    private record Session(int user, String id, List<Pair> pairs) {}

    private static final String SHORTEN = """
            for i, key in ipairs(KEYS) do
              local ttl = redis.call('PTTL', key)
              if ttl > tonumber(ARGV[1]) then redis.call('PEXPIRE', key, ttl - ARGV[1]) else redis.call('DEL', key) end
            end""";

    private final SessionNodes nodes;
    private final Random random;
    private final String run = UUID.randomUUID().toString();
    private final Map<Integer, String> passwords = new ConcurrentHashMap<>();
    private final Map<Integer, String> userIds = new ConcurrentHashMap<>();
    private final Map<Integer, Session> sessions = new ConcurrentHashMap<>();

    SessionCalls(SessionNodes nodes, Random random, int users) {
        this.nodes = nodes;
        this.random = random;
        for (int user = 0; user < users; user++) {
            passwords.put(user, "first-demo-pass");
            userIds.put(user, nodes.createAccount(name(user), "first-demo-pass"));
        }
    }

    private String name(int user) {
        return "user-" + user + "-" + run;
    }

    private GatewayNode node() {
        return nodes.any(random);
    }

    private static @Nullable Pair find(@Nullable Session known, int pair) {
        return known == null || pair < 0 || pair >= known.pairs.size() ? null : known.pairs.get(pair);
    }

    @Override
    public int pairs(int session) {
        Session known = sessions.get(session);
        return known == null ? 0 : known.pairs.size();
    }

    private HttpResponse<String> call(String method, String path, @Nullable String token, @Nullable String body) {
        try {
            return node().call(method, path, token, body);
        } catch (Exception e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    private static int code(HttpResponse<String> response) {
        return GatewayNode.JSON.readTree(response.body()).get("code").asInt();
    }

    private static Set<String> done(HttpResponse<String> response) {
        return response.statusCode() == 200 ? Set.of(DONE) : unexpected(response);
    }

    private static Set<String> unexpected(HttpResponse<String> response) {
        return Set.of(response.statusCode() == 503 ? UNAVAILABLE : response.statusCode() + " " + response.body());
    }

    /** Returns what became of a call that an access token authorises, {@code granted} if it was done. */
    private static Set<String> authorised(HttpResponse<String> response, String granted) {
        if (response.statusCode() != 401) {
            return response.statusCode() == 200 ? Set.of(granted) : unexpected(response);
        }
        int code = code(response);
        boolean over =
                Arrays.stream(ErrorCode.values()).anyMatch(known -> known.isSessionEnd() && known.code() == code);
        return Set.of(over ? OVER : REFUSED);
    }

    private static synchronized Set<String> receive(Session session, JsonNode data) {
        Pair received = new Pair(
                data.get("accessToken").asString(), data.get("refreshToken").asString());
        if (!session.pairs.contains(received)) {
            session.pairs.add(received);
        }
        return Set.of("pair " + session.pairs.indexOf(received));
    }

    @Override
    public Set<String> login(int user, int session) {
        HttpResponse<String> response = call(
                "POST",
                "/system/auth/login",
                null,
                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name(user), passwords.get(user)));
        if (response.statusCode() == 400 && code(response) == ErrorCode.ACCOUNT_DISABLED.code()) {
            return Set.of(DISABLED);
        }
        if (response.statusCode() != 200) {
            return unexpected(response);
        }
        JsonNode data = GatewayNode.data(response);
        Session opened = new Session(user, data.get("sessionId").asString(), new CopyOnWriteArrayList<>());
        sessions.put(session, opened);
        return receive(opened, data);
    }

    @Override
    public Set<String> check(int session, int pair) {
        Pair presented = find(sessions.get(session), pair);
        return presented == null
                ? Set.of(NOTHING)
                : authorised(call("GET", "/api/echo/a", presented.access, null), PASSES);
    }

    @Override
    public Set<String> refresh(int session, int pair) {
        Session known = sessions.get(session);
        Pair presented = find(known, pair);
        if (known == null || presented == null) {
            return Set.of(NOTHING);
        }
        HttpResponse<String> response =
                call("POST", "/system/auth/refresh-token?refreshToken=" + presented.refresh, null, null);
        if (response.statusCode() == 200) {
            return receive(known, GatewayNode.data(response));
        }
        return response.statusCode() == 401 ? Set.of("" + code(response)) : unexpected(response);
    }

    private Set<String> logout(@Nullable String access, @Nullable String refresh) {
        String query = refresh == null ? "" : "?refreshToken=" + refresh;
        return done(call("POST", "/system/auth/logout" + query, access, null));
    }

    @Override
    public Set<String> logout(int session, int pair, Presented kind) {
        Pair presented = find(sessions.get(session), pair);
        return presented == null
                ? Set.of(NOTHING)
                : logout(
                        kind == Presented.REFRESH ? null : presented.access,
                        kind == Presented.ACCESS ? null : presented.refresh);
    }

    @Override
    public Set<String> logoutOfTwo(int first, int second) {
        Pair one = find(sessions.get(first), 0);
        Pair other = find(sessions.get(second), 0);
        return one == null || other == null ? Set.of(NOTHING) : logout(one.access, other.refresh);
    }

    @Override
    public Set<String> logoutWithExpired(int session) {
        Session known = sessions.get(session);
        if (known == null) {
            return Set.of(NOTHING);
        }
        TokenCodec codec = node().bean(TokenCodec.class);
        return logout(
                codec.mintAccess(known.id, Instant.now().minus(Duration.ofDays(1)))
                        .value(),
                null);
    }

    @Override
    public Set<String> logoutAll(int session, int pair) {
        Pair presented = find(sessions.get(session), pair);
        return presented == null
                ? Set.of(NOTHING)
                : authorised(call("POST", "/system/auth/logout-all", presented.access, null), DONE);
    }

    @Override
    public Set<String> changePassword(int session, int pair) {
        Session known = sessions.get(session);
        Pair presented = find(known, pair);
        if (known == null || presented == null) {
            return Set.of(NOTHING);
        }
        int user = known.user;
        String password = "changed-pass-" + random.nextInt();
        Set<String> outcome = authorised(
                call(
                        "PUT",
                        "/system/auth/password",
                        presented.access,
                        "{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}".formatted(passwords.get(user), password)),
                DONE);
        if (outcome.contains(DONE)) {
            passwords.put(user, password);
        }
        return outcome;
    }

    private Set<String> asAdministrator(String method, String path, @Nullable String body) {
        return done(call(method, path, nodes.administrator(), body));
    }

    @Override
    public Set<String> kick(int session) {
        Session known = sessions.get(session);
        return known == null ? Set.of(NOTHING) : asAdministrator("DELETE", "/system/session/" + known.id, null);
    }

    @Override
    public Set<String> kickUser(int user) {
        return asAdministrator("DELETE", "/system/user/" + userIds.get(user) + "/sessions", null);
    }

    @Override
    public Set<String> setEnabled(int user, boolean enabled) {
        String status = enabled ? "enabled" : "disabled";
        return asAdministrator(
                "PUT", "/system/account/" + userIds.get(user) + "/status", "{\"status\":\"" + status + "\"}");
    }

    @Override
    public Set<String> resetPassword(int user) {
        String password = "reset-demo-pass-" + random.nextInt();
        passwords.put(user, password);
        return asAdministrator(
                "PUT", "/system/account/" + userIds.get(user) + "/password", "{\"newPassword\":\"" + password + "\"}");
    }

    private List<String> digests() {
        return sessions.values().stream()
                .flatMap(session -> session.pairs.stream())
                .map(pair -> TokenDigest.of(pair.access))
                .toList();
    }

    @Override
    public Set<String> pass(long seconds) {
        List<String> ids = sessions.values().stream().map(Session::id).toList();
        moveBack(seconds, "auth_session", "id", ids, "created_at", "last_seen_at", "expires_at");
        moveBack(seconds, "access_token", "session_id", ids, "issued_at", "superseded_at", "expires_at");
        moveBack(seconds, "refresh_token", "session_id", ids, "used_at", "expires_at");
        moveBack(seconds, "revoked_token", "digest", digests(), "revoked_at", "applied_at", "expires_at");
        List<String> keys =
                digests().stream().map(digest -> "portcullis:at:" + digest).toList();
        nodes.redis()
                .execute(Stream.of(
                                Stream.of("EVAL", SHORTEN, "" + keys.size()), keys.stream(), Stream.of(seconds + "000"))
                        .flatMap(part -> part)
                        .toArray(String[]::new));
        return Set.of(DONE);
    }

    private static void moveBack(long seconds, String table, String key, List<String> keys, String... columns) {
        String moved = String.join(
                ", ",
                Arrays.stream(columns)
                        .map(column -> column + " = " + column + " - INTERVAL " + seconds + " SECOND")
                        .toList());
        String in = "'" + String.join("', '", keys) + "'";
        try (var database = GatewayNode.openDatabase();
                var statement = database.createStatement()) {
            int unused =
                    statement.executeUpdate("UPDATE " + table + " SET " + moved + " WHERE " + key + " IN (" + in + ")");
        } catch (SQLException e) {
            throw new IllegalStateException("moving " + table + " back", e);
        }
    }

    @Override
    public Set<String> flush() {
        String unused = nodes.redis().execute("FLUSHALL");
        return Set.of(DONE);
    }
}
