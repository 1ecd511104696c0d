package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.DeliverySettings;
import io.portcullis.core.event.EventRecordingSessionRepository;
import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.event.SessionEventDelivery;
import io.portcullis.core.event.SessionEventFilter;
import io.portcullis.core.event.SessionEventReceiver;
import io.portcullis.core.event.SessionEventState;
import io.portcullis.core.event.UndeliveredEvent;
import io.portcullis.core.mother.Sessions;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.reactive.BacklogAge;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests the outbox of session events and its delivery by several nodes. */
@Timeout(180)
class SessionEventDeliveryIT {
    private static final DeliveryResult DELIVERED = new DeliveryResult.Delivered();
    private static final DeliveryResult FAILED = new DeliveryResult.Failed("HTTP 500");
    private static final DeliveryResult REFUSED = new DeliveryResult.Refused("HTTP 422");
    private static final Instant NOW = Instant.parse("2026-11-18T12:00:00.000Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcSessionEventQueue queue = new R2dbcSessionEventQueue(store.client, CurrentTimeSql.SERVER);
    private final R2dbcSessionEventRepository repository = new R2dbcSessionEventRepository(store.client);
    private final EventRecordingSessionRepository sessions = new EventRecordingSessionRepository(
            new R2dbcSessionRepository(store.client),
            new R2dbcSessionEventOutbox(store.client, () -> UUID.randomUUID().toString()));
    private final List<SessionEventDelivery> nodes = new ArrayList<>();
    /** What the receiver got, in the order of arrival, and what it accepted. */
    private final List<SessionEvent> received = new ArrayList<>();

    private final List<SessionEvent> accepted = new ArrayList<>();

    @BeforeEach
    void clear() {
        store.execute("DELETE FROM session_event");
        store.execute("DELETE FROM auth_session");
        store.execute("UPDATE lease SET expires_at = '2020-01-01'");
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> run(node.stop()));
    }

    private static DeliverySettings settings(Duration giveUpAfter, Duration leaseTime) {
        return new DeliverySettings(16, Duration.ofMillis(20), Duration.ofMillis(100), giveUpAfter, 3, leaseTime);
    }

    private SessionEventDelivery startNode(SessionEventReceiver receiver, DeliverySettings settings) {
        var node = new SessionEventDelivery(
                new R2dbcLeaseRepository(store.client, store.transactions),
                queue,
                receiver,
                store.transactions,
                settings,
                () -> UUID.randomUUID().toString());
        node.start();
        nodes.add(node);
        return node;
    }

    private SessionEventDelivery startNode(Function<SessionEvent, DeliveryResult> answers) {
        return startNode(receiver(answers), settings(Duration.ofDays(1), Duration.ofMinutes(10)));
    }

    /** Answers after a moment, so that deliveries overlap. */
    private SessionEventReceiver receiver(Function<SessionEvent, DeliveryResult> answers) {
        return event -> Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(4)))
                .map(moment -> {
                    synchronized (received) {
                        received.add(event);
                        DeliveryResult result = answers.apply(event);
                        if (result instanceof DeliveryResult.Delivered) {
                            accepted.add(event);
                        }
                        return result;
                    }
                });
    }

    private Mono<Session> open() {
        Session session = Sessions.aSession(UUID.randomUUID().toString(), "u", NOW, NOW.plus(1, ChronoUnit.DAYS));
        return store.transactions.execute(sessions.insert(session)).thenReturn(session);
    }

    private Mono<Void> end(Session session, EndReason reason) {
        return store.transactions.execute(sessions.findByIdForUpdate(session.id())
                .filter(locked -> !locked.session().ended())
                .flatMap(locked -> sessions.end(session.id(), locked.at(), reason)));
    }

    private void openAndEnd(int number) {
        run(Flux.range(0, number)
                .flatMap(i -> open().flatMap(session -> i % 5 == 0 ? Mono.empty() : end(session, EndReason.KICKED)), 10)
                .then());
    }

    private static long pending() {
        return store.count("SELECT COUNT(*) FROM session_event WHERE state = 'PENDING'");
    }

    private List<SessionEvent> accepted() {
        synchronized (received) {
            return List.copyOf(accepted);
        }
    }

    private List<SessionEvent> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** Asserts that each opening and end in MySQL has arrived, the first arrivals of each session in order. */
    private void assertAllInOrder() {
        Set<String> first = new LinkedHashSet<>();
        accepted().forEach(event -> first.add(event.sessionId() + " " + event.type()));
        assertThat(first).hasSize((int) (store.count("SELECT COUNT(*) FROM auth_session")
                + store.count("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NOT NULL")));
        List<String> order = List.copyOf(first);
        assertThat(order.stream().filter(each -> each.endsWith("ended")))
                .allSatisfy(ended -> assertThat(order.indexOf(ended.replace("ended", "opened")))
                        .isBetween(0, order.indexOf(ended)));
    }

    @Test
    void deliveryWhenSessionsRaceAndAReceiverFailsOftenThenNothingIsLostAndEachSessionIsInOrder() {
        Function<SessionEvent, DeliveryResult> oftenFailing =
                event -> ThreadLocalRandom.current().nextInt(5) == 0 ? FAILED : DELIVERED;
        startNode(oftenFailing);
        startNode(oftenFailing);

        openAndEnd(500);

        Await.until("all events are delivered", () -> pending() == 0);
        assertAllInOrder();
        assertThat(nodes).filteredOn(node -> node.counters().delivered() > 0).hasSize(1);
    }

    @Test
    void deliveryWhenManySessionsWaitThenNoMoreAreUnderWayThanAllowedAndOneOfEachSession() {
        openAndEnd(50);
        Set<String> underWay = ConcurrentHashMap.newKeySet();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        startNode(
                event -> Mono.defer(() -> {
                    if (!underWay.add(event.sessionId())) {
                        together.incrementAndGet();
                    }
                    most.accumulateAndGet(underWay.size(), Math::max);
                    return Mono.delay(Duration.ofMillis(20)).map(moment -> {
                        underWay.remove(event.sessionId());
                        return DELIVERED;
                    });
                }),
                settings(Duration.ofDays(1), Duration.ofMinutes(10)));

        Await.until("all events are delivered", () -> pending() == 0);

        assertThat(most).hasValueGreaterThan(1).hasValueLessThanOrEqualTo(16);
        assertThat(together).hasValue(0);
    }

    @Test
    void deliveryWhenItsNodeHangsThenAnotherGoesOnAndDoublesHaveTheSameId() {
        DeliverySettings shortLease = settings(Duration.ofDays(1), Duration.ofMillis(500));
        startNode(event -> receiver(any -> DELIVERED).deliver(event).then(Mono.never()), shortLease);
        openAndEnd(20);
        Await.until("a node has begun", () -> !received().isEmpty());

        startNode(receiver(event -> DELIVERED), shortLease);

        Await.until("all events are delivered", () -> pending() == 0);
        nodes.remove(0).close();
        assertAllInOrder();
        assertThat(received().stream().map(SessionEvent::id).distinct()).hasSize(36);
    }

    @Test
    void deliveryWhenItsNodeStopsThenAnotherGoesOnAtOnce() {
        SessionEventDelivery first = startNode(event -> DELIVERED);
        run(open());
        Await.until("the first node delivers", () -> pending() == 0);
        startNode(event -> DELIVERED);

        run(first.stop());

        openAndEnd(10);
        Await.until("the second node delivers", () -> pending() == 0);
        assertThat(first.counters().delivered()).isEqualTo(1);
        assertAllInOrder();
    }

    @Test
    void deliveryWhenTheReceiverIsDownThenNothingIsLostAndItsEventsStayInOrder() {
        boolean[] down = {true};
        SessionEventDelivery node = startNode(event -> down[0] ? FAILED : DELIVERED);
        openAndEnd(40);
        Await.until("attempts fail", () -> node.counters().failed() > 20);
        assertThat(accepted()).isEmpty();
        assertThat(pending()).isEqualTo(72);

        synchronized (received) {
            down[0] = false;
        }

        Await.until("all events are delivered", () -> pending() == 0);
        assertAllInOrder();
        assertThat(node.counters().dead()).isZero();
    }

    @Test
    void deliveryWhenOneEventIsAlwaysRefusedThenItDiesAndHoldsUpNoOther() {
        Session refused = await(open());
        SessionEventDelivery node = startNode(event ->
                event.sessionId().equals(refused.id()) && event.type().endsWith("opened") ? REFUSED : DELIVERED);
        openAndEnd(10);
        run(end(refused, EndReason.LOGOUT));

        Await.until("all others are delivered", () -> pending() == 0);

        Await.until("the dead one is counted", () -> node.counters().dead() == 1);
        assertThat(accepted()).extracting(SessionEvent::reason).contains("logout");
        UndeliveredEvent dead =
                await(page(SessionEventState.DEAD, refused.id())).get(0);
        assertThat(dead.attempts()).isEqualTo(3);
        assertThat(dead.lastFailure()).isEqualTo("HTTP 422");
        assertThat(dead.event().type()).isEqualTo("session-opened");
    }

    @Test
    void deliveryWhenTheOpeningWaitsForItsNextAttemptThenTheEndWaitsAsLong() {
        Session session = await(open());
        store.execute("UPDATE session_event SET next_attempt_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR");
        run(end(session, EndReason.LOGOUT));

        startNode(event -> DELIVERED);

        Await.until(
                "the end waits", () -> store.count("SELECT COUNT(DISTINCT next_attempt_at) FROM session_event") == 1);
        assertThat(received()).isEmpty();
        List<UndeliveredEvent> waiting = await(page(SessionEventState.PENDING, session.id()));
        assertThat(waiting).hasSize(2);
        assertThat(await(store.transactions.execute(
                        repository.redeliver(waiting.get(0).event().id(), TenantScope.ALL))))
                .isFalse();
    }

    private Mono<List<UndeliveredEvent>> page(SessionEventState state, String sessionId) {
        return repository
                .page(new SessionEventFilter(TenantScope.ALL, state, sessionId), new PageRequest(1, 10))
                .map(page -> page.list());
    }

    @Test
    void redeliverWhenDeadThenDeliveredAndOtherwiseNotFound() {
        boolean[] refuses = {true};
        startNode(event -> refuses[0] ? REFUSED : DELIVERED);
        run(open());
        Await.until("the event is dead", () -> pending() == 0);
        String id = accepted().isEmpty() ? received().get(0).id() : "";
        synchronized (received) {
            refuses[0] = false;
        }

        assertThat(await(store.transactions.execute(repository.redeliver(id, TenantScope.ALL))))
                .isTrue();

        Await.until("the event is delivered", () -> accepted().size() == 1);
        Await.until("the event is removed", () -> store.count("SELECT COUNT(*) FROM session_event") == 0);
        assertThat(await(store.transactions.execute(repository.redeliver(id, TenantScope.ALL))))
                .isFalse();
        assertThat(await(store.transactions.execute(repository.redeliver("é", TenantScope.ALL))))
                .isFalse();
    }

    @Test
    void deliveryWhenEventsAreTooOldThenTheyDieOnlyIfAttemptsFail() {
        run(open());
        store.execute("UPDATE session_event SET next_attempt_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR");
        run(open());
        store.execute("UPDATE session_event SET created_at = '2020-01-01'");
        SessionEventDelivery healthy = startNode(event -> DELIVERED);
        Await.until("the event that is due is delivered", () -> pending() == 1);
        run(healthy.stop());
        assertThat(pending()).isEqualTo(1);
        assertThat(healthy.counters().dead()).isZero();
        run(open());
        store.execute("UPDATE session_event SET created_at = '2020-01-01'");

        SessionEventDelivery failing = startNode(event -> FAILED);

        Await.until(
                "the old event that is tried is dead", () -> failing.counters().dead() == 1);
        assertThat(pending()).isEqualTo(1);
        assertThat(failing.counters().failed()).isEqualTo(5);
    }

    @Test
    void deliveryWhenTheReceiverAcceptsNothingThenOldEventsDieWithoutAnAttempt() {
        openAndEnd(3);
        store.execute("UPDATE session_event SET created_at = '2020-01-01',"
                + " next_attempt_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR");
        openAndEnd(20);

        SessionEventDelivery node = startNode(event -> FAILED);

        Await.until("the old events are dead", () -> node.counters().dead() == 5);
        assertThat(pending()).isEqualTo(36);
    }

    @Test
    void outboxWhenTheTransactionIsRolledBackThenNoEventIsWritten() {
        Session session = Sessions.aSession(UUID.randomUUID().toString(), "u", NOW, NOW.plus(1, ChronoUnit.DAYS));
        var rolledBack = store.transactions.execute(
                sessions.insert(session).then(Mono.error(new IllegalStateException("after the event"))));

        assertThatThrownBy(() -> run(rolledBack)).hasMessage("after the event");

        assertThat(store.count("SELECT COUNT(*) FROM session_event")).isZero();
    }

    @Test
    void outboxWhenManyEndOneSessionThenOneEventWithTheFirstReason() {
        Session session = await(open());
        List<EndReason> reasons = IntStream.range(0, 20)
                .mapToObj(i -> i % 2 == 0 ? EndReason.LOGOUT : EndReason.KICKED)
                .collect(Collectors.toList());

        run(Flux.fromIterable(reasons)
                .flatMap(reason -> end(session, reason), 20)
                .then());

        assertThat(
                        store.count(
                                "SELECT COUNT(*) FROM session_event e JOIN auth_session s ON s.id = e.session_id"
                                        + " WHERE e.type = 'session-ended' AND e.reason = LOWER(s.end_reason) AND e.occurred_at = s.ended_at"))
                .isEqualTo(1);
        assertThat(store.count("SELECT COUNT(*) FROM session_event")).isEqualTo(2);
    }

    @Test
    void backlogWhenReadThenTheAgeOfTheOldestPendingEvent() {
        var backlog = new BacklogAge("Backlog of session events", queue.oldestAge());
        run(backlog.read());
        assertThat(backlog.oldestAge()).isZero();
        run(open());
        run(open());
        store.execute("UPDATE session_event SET created_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR LIMIT 1");

        run(backlog.read());

        assertThat(backlog.oldestAge()).isBetween(Duration.ofHours(1), Duration.ofHours(2));
    }
}
