package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.WebhookServer.Received;
import io.portcullis.testbed.Await;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The node that delivers session events is killed (SIGKILL) while it does, and the receiver fails as well. */
@Tag("database-independent")
@Timeout(300)
class SessionEventCrashIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final int SESSIONS_PER_DEVICE = 3;
    private static final int EVENTS_PER_SESSION = 2;
    /** The devices of the sessions, and what the first attempt of each of their events meets. */
    private static final Map<String, Integer> FAULTS = Map.of(
            "plain", 204,
            "error", 500,
            "redirect", 307,
            "close", WebhookServer.CLOSE,
            "slow", WebhookServer.HANG);

    private final Set<String> attempted = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean killed = new AtomicBoolean();

    @Test
    void eventsWhenTheDeliveringNodeIsKilledThenTheOtherNodeDeliversAllInOrder() throws Exception {
        try (WebhookServer receiver = WebhookServer.start();
                GatewayProcess delivering = GatewayProcess.start(arguments(receiver))) {
            receiver.answer(this::firstAttemptFails);
            // The process is the only node that can take the lease.
            try (GatewayNode other = GatewayNode.start(arguments(receiver))) {
                receiver.answer(request -> {
                    if (request.device().equals("slow") && killed.compareAndSet(false, true)) {
                        delivering.kill();
                        return 204;
                    }
                    return firstAttemptFails(request);
                });
                List<String> sessions = openAndEndSessions(other);

                sessions.forEach(session -> Await.until(
                        "both events of the session arrive",
                        () -> receiver.accepted(session).stream()
                                        .map(Received::id)
                                        .distinct()
                                        .count()
                                == EVENTS_PER_SESSION));
                assertThat(delivering.alive()).isFalse();
                sessions.forEach(session -> assertInOrder(receiver, session));
                Await.until("the outbox is empty", () -> sessions.stream().allMatch(SessionEventCrashIT::isDelivered));
                report(receiver, sessions);
                assertThat(doubled(receiver, sessions)).isPositive();
                assertThat(receiver.others()).isEmpty();
            }
        }
    }

    private static String[] arguments(WebhookServer receiver) {
        return new String[] {
            "--portcullis.events.webhook.url=" + receiver.url(),
            "--portcullis.events.webhook.secret=0123456789abcdef0123456789abcdef",
            // The lease is four times as long, and 5 s.
            "--portcullis.events.webhook.timeout=500ms",
            "--portcullis.events.webhook.poll-interval=50ms",
            "--portcullis.events.webhook.max-backoff=1s"
        };
    }

    private int firstAttemptFails(Received request) {
        return attempted.add(request.id()) ? FAULTS.getOrDefault(request.device(), 204) : 204;
    }

    private static List<String> openAndEndSessions(GatewayNode node) throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        List<String> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS_PER_DEVICE; i++) {
            for (String device : FAULTS.keySet()) {
                String body =
                        "{\"username\":\"%s\",\"password\":\"%s\",\"device\":\"%s\"}".formatted(user, PASSWORD, device);
                JsonNode pair = GatewayNode.data(node.call("POST", "/system/auth/login", null, body));
                String token = pair.get("accessToken").asString();
                assertThat(node.call("POST", "/system/auth/logout", token, null).statusCode())
                        .isEqualTo(200);
                sessions.add(pair.get("sessionId").asString());
            }
        }
        return sessions;
    }

    /** The end is never accepted before the opening was, and an event that arrives twice has one id. */
    private static void assertInOrder(WebhookServer receiver, String session) {
        List<Received> accepted = receiver.accepted(session);
        assertThat(accepted.stream().map(Received::type).distinct()).containsExactly("session-opened", "session-ended");
        assertThat(accepted.stream()
                        .collect(Collectors.groupingBy(
                                Received::type, Collectors.mapping(Received::id, Collectors.toSet())))
                        .values())
                .allMatch(ids -> ids.size() == 1);
    }

    private static boolean isDelivered(String session) {
        try {
            return GatewayNode.count("SELECT COUNT(*) FROM session_event WHERE session_id = ?", session) == 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long doubled(WebhookServer receiver, List<String> sessions) {
        return sessions.stream()
                .mapToLong(session -> receiver.accepted(session).size() - EVENTS_PER_SESSION)
                .sum();
    }

    /** Prints the figures of each fault. An event is late if its first attempt was not accepted. */
    private static void report(WebhookServer receiver, List<String> sessions) {
        System.out.println("Session events while their node is killed:");
        for (String fault : FAULTS.keySet()) {
            List<String> affected = sessions.stream()
                    .filter(session ->
                            receiver.requests(session).get(0).device().equals(fault))
                    .toList();
            long late = affected.stream()
                    .mapToLong(session -> late(receiver.requests(session)))
                    .sum();
            System.out.printf(
                    "%-8s %d delivered, %d late, %d doubled%n",
                    fault, affected.size() * EVENTS_PER_SESSION, late, doubled(receiver, affected));
        }
    }

    private static long late(List<Received> requests) {
        return requests.stream().collect(Collectors.groupingBy(Received::id, Collectors.counting())).values().stream()
                .filter(attempts -> attempts > 1)
                .count();
    }
}
