package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Kind;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import io.portcullis.chaos.history.Recorder;
import io.portcullis.chaos.world.GatewayProcess;
import io.portcullis.chaos.world.Node;
import io.portcullis.chaos.world.World;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Performs and records the operations of clients. Thread-safe. */
final class Clients {
    private final Http http = new Http();
    private final List<GatewayProcess> nodes;
    private final Recorder recorder;

    Clients(World world, Recorder recorder) {
        this.nodes = world.nodes().stream().map(Node::gateway).toList();
        this.recorder = recorder;
    }

    int nodes() {
        return nodes.size();
    }

    /** Logs in. Returns the new session, null if there was no response or a refusal. */
    @Nullable
    HeldSession login(int client, int node, String user) {
        String body = "{\"username\":\"%s\",\"password\":\"%s\",\"device\":\"chaos\"}".formatted(user, World.PASSWORD);
        CallResult result = http.send(nodes.get(node), "POST", "/system/auth/login", null, body);
        Pair pair = pair(result);
        String session = pair == null ? null : text(result, "sessionId");
        record(new Request(Kind.LOGIN, client, node, user, session, null), result, pair, null);
        return pair == null || session == null ? null : new HeldSession(session, pair);
    }

    /** Sends a proxied request with a token of the session. */
    Operation call(int client, int node, HeldSession session, Secret token) {
        return proxied(client, node, session.id(), token);
    }

    /** Sends a proxied request with a value that is no token of any session. */
    Operation forgedCall(int client, int node, Secret token) {
        return proxied(client, node, null, token);
    }

    private Operation proxied(int client, int node, @Nullable String session, Secret token) {
        CallResult result = http.send(nodes.get(node), "GET", "/api/echo/chaos", token, null);
        return record(new Request(Kind.CALL, client, node, null, session, token), result, null, served(result));
    }

    /** Exchanges the refresh token of a pair. Adds the new pair to the session. */
    Operation refresh(int client, int node, HeldSession session, Pair presented) {
        String body = "{\"refreshToken\":\"%s\"}".formatted(presented.refresh().value());
        CallResult result = http.send(nodes.get(node), "POST", "/system/auth/refresh-token", null, body);
        Pair pair = pair(result);
        if (pair != null) {
            session.add(pair);
        }
        var request = new Request(Kind.REFRESH, client, node, null, session.id(), presented.refresh());
        return record(request, result, pair, null);
    }

    /** Logs out with a token of the session. */
    Operation logout(int client, int node, HeldSession session, Secret token) {
        CallResult result = http.send(nodes.get(node), "POST", "/system/auth/logout", token, null);
        return record(new Request(Kind.LOGOUT, client, node, null, session.id(), token), result, null, null);
    }

    /** Ends a session as an administrator. */
    Operation kick(int client, int node, HeldSession admin, HeldSession victim) {
        Secret token = admin.current().access();
        CallResult result = http.send(nodes.get(node), "DELETE", "/system/session/" + victim.id(), token, null);
        recordIfRefused(client, node, admin, token, result);
        return record(new Request(Kind.KICK, client, node, null, victim.id(), null), kicked(result), null, null);
    }

    /** Ends all sessions of a user as an administrator. The id of each user is the user name. */
    Operation kickUser(int client, int node, HeldSession admin, String user) {
        Secret token = admin.current().access();
        CallResult result = http.send(nodes.get(node), "DELETE", "/system/user/" + user + "/sessions", token, null);
        recordIfRefused(client, node, admin, token, result);
        return record(new Request(Kind.KICK_USER, client, node, user, null, null), kicked(result), null, null);
    }

    /** Records a 401 as a refused call of the administrator's own session. */
    private void recordIfRefused(int client, int node, HeldSession admin, Secret token, CallResult result) {
        if (result.status() == 401) {
            record(new Request(Kind.CALL, client, node, null, admin.id(), token), result, null, null);
        }
    }

    /** Treats a refused kick as an operation of unknown outcome, which is safe because a refused kick ends nothing. */
    private static CallResult kicked(CallResult result) {
        return result.outcome() == Outcome.FAIL
                ? new CallResult(0, null, result.invokedAt(), result.completedAt())
                : result;
    }

    private Operation record(Request request, CallResult result, @Nullable Pair pair, @Nullable String served) {
        Secret presented = request.presented();
        Operation operation = new Operation(
                request.kind(),
                request.client(),
                request.node(),
                request.user(),
                request.session(),
                presented == null ? null : presented.digest(),
                result.outcome(),
                result.status(),
                result.code(),
                pair == null ? null : pair.issued(),
                served,
                result.invokedAt(),
                result.completedAt());
        recorder.add(operation);
        return operation;
    }

    private static @Nullable Pair pair(CallResult result) {
        if (result.outcome() != Outcome.OK || result.data() == null) {
            return null;
        }
        long expires = Objects.requireNonNull(result.data()).get("expiresTime").asLong();
        long remaining = (expires - System.currentTimeMillis()) * 1_000_000;
        return new Pair(
                Secret.of(Objects.requireNonNull(text(result, "accessToken"))),
                Secret.of(Objects.requireNonNull(text(result, "refreshToken"))),
                System.nanoTime() + remaining);
    }

    private static @Nullable String text(CallResult result, String field) {
        JsonNode data = result.data();
        return data == null || !data.has(field) ? null : data.get(field).asString();
    }

    /** Returns the session that the sample service received in {@code X-Session-Id}, null if there is none. */
    private static @Nullable String served(CallResult result) {
        JsonNode body = result.body();
        if (body == null || !body.has("headers")) {
            return null;
        }
        for (var header : body.get("headers").properties()) {
            if (header.getKey().toLowerCase(Locale.ROOT).equals("x-session-id")) {
                return header.getValue().get(0).asString();
            }
        }
        return null;
    }

    private record Request(
            Kind kind,
            int client,
            int node,
            @Nullable String user,
            @Nullable String session,
            @Nullable Secret presented) {}
}
