package io.portcullis.gateway;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Users who log in, call, refresh and log out without pause at several nodes, while the database fails over. Each step is tried again, with
 * the same tokens, until it succeeds. Records each response that breaks a promise.
 */
final class FailoverTraffic implements AutoCloseable {
    static final String PASSWORD = "some-demo-pass";

    private static final long PAUSE_NANOS = 20_000_000;

    private final List<GatewayNode> nodes;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private volatile boolean stopped;

    /** A step of a session at one of the nodes. */
    private interface Step {
        HttpResponse<String> run(GatewayNode node) throws Exception;
    }

    private FailoverTraffic(List<GatewayNode> nodes) {
        this.nodes = nodes;
    }

    static FailoverTraffic start(int users, GatewayNode... nodes) {
        return start("traffic", users, nodes);
    }

    /** Creates users, whose names begin with a prefix, and starts their work. */
    static FailoverTraffic start(String prefix, int users, GatewayNode... nodes) {
        var traffic = new FailoverTraffic(List.of(nodes));
        for (int i = 0; i < users; i++) {
            String user = prefix + "-" + i;
            nodes[0].createAccount(user, PASSWORD, "user");
            int first = i;
            Thread thread = new Thread(() -> traffic.work(user, first), user);
            traffic.threads.add(thread);
            thread.start();
        }
        return traffic;
    }

    private void work(String user, int first) {
        for (int round = first; !stopped; round++) {
            try {
                session(user, round);
            } catch (Exception e) {
                violations.add(user + ": " + e);
            }
        }
    }

    private void session(String user, int round) throws Exception {
        JsonNode pair = pair("login", round, node -> GatewayNode.send(node.loginRequest(user, PASSWORD)));
        if (pair == null) {
            return;
        }
        logins.incrementAndGet();
        call(pair, round);
        String spent = pair.get("refreshToken").asString();
        JsonNode next = pair("refresh", round + 1, node -> node.refresh(spent));
        JsonNode same = pair("second refresh", round, node -> node.refresh(spent));
        if (next == null || same == null) {
            return;
        }
        if (!next.get("refreshToken").asString().equals(same.get("refreshToken").asString())) {
            violations.add("a refresh token has two successors");
        }
        call(next, round + 1);
        String access = next.get("accessToken").asString();
        if (until("logout", round, node -> node.call("POST", "/system/auth/logout", access, null)) != null) {
            for (GatewayNode node : nodes) {
                requireDead("access token", node.call("GET", "/api/echo/a", access, null));
                requireDead(
                        "refresh token", node.refresh(next.get("refreshToken").asString()));
            }
        }
    }

    private void call(JsonNode pair, int round) throws Exception {
        var unused = until(
                "call",
                round,
                node -> node.call("GET", "/api/echo/a", pair.get("accessToken").asString(), null));
    }

    private @Nullable JsonNode pair(String name, int round, Step step) throws Exception {
        HttpResponse<String> response = until(name, round, step);
        return response == null ? null : GatewayNode.data(response);
    }

    /** Returns the first response that is 200; null if the traffic was stopped before. */
    private @Nullable HttpResponse<String> until(String name, int round, Step step) throws Exception {
        for (int attempt = 0; !stopped; attempt++) {
            HttpResponse<String> response = step.run(nodes.get((round + attempt) % nodes.size()));
            LockSupport.parkNanos(PAUSE_NANOS);
            if (response.statusCode() == 200) {
                return response;
            }
            unavailable.incrementAndGet();
            boolean later = response.statusCode() == 503
                    && response.headers().firstValue("Retry-After").isPresent();
            if (!later) {
                violations.add(name + ": " + response.statusCode() + " " + response.body());
                return null;
            }
        }
        return null;
    }

    private void requireDead(String what, HttpResponse<String> response) {
        if (response.statusCode() != 401 && response.statusCode() != 503) {
            violations.add("after the logout, " + what + ": " + response.statusCode() + " " + response.body());
        }
    }

    /** Returns the responses that broke a promise. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Returns the number of logins that succeeded. */
    int logins() {
        return logins.get();
    }

    /** Returns the number of 503 responses. */
    int unavailable() {
        return unavailable.get();
    }

    /** Stops the work and waits for its end. */
    void stop() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
