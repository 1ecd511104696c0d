package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(180)
class R2dbcSessionRepositoryIT {
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");
    private static final Instant LATER = NOW.plus(Duration.ofDays(90));

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client);
    private final String id = UUID.randomUUID().toString();
    private final String userId = UUID.randomUUID().toString();
    private final Session session = aSession(id, userId, NOW, LATER);

    private List<String> page(@Nullable String username, @Nullable String ip, @Nullable String device) {
        SessionFilter filter = new SessionFilter(TenantScope.ALL, userId, username, ip, device);
        return await(sessions.pageLive(filter, NOW, new PageRequest(1, 10)))
                .map(Session::id)
                .list();
    }

    @Test
    void findByIdWhenInsertedThenEqual() {
        run(sessions.insert(session));

        assertThat(await(sessions.findById(id))).isEqualTo(session);
        assertThat(await(sessions.findByIdForUpdate(id)).session()).isEqualTo(session);
    }

    @Test
    void findByIdWhenIdIsNoneThenEmpty() {
        assertThat(sessions.findById("日本").blockOptional()).isEmpty();
        assertThat(sessions.findByIdForUpdate(UUID.randomUUID().toString()).blockOptional())
                .isEmpty();
    }

    @Test
    void touchWhenCalledThenTakesOver() {
        run(sessions.insert(session)
                .then(sessions.touch(id, NOW.plusSeconds(5), "198.51.100.7", "alicia", Set.of("user"), "guest")));

        Session touched = await(sessions.findById(id));
        assertThat(touched.lastSeenAt()).isEqualTo(NOW.plusSeconds(5));
        assertThat(touched.lastIp()).isEqualTo("198.51.100.7");
        assertThat(touched.username()).isEqualTo("alicia");
        assertThat(touched.roles()).containsExactly("user");
        assertThat(touched.userType()).isEqualTo("guest");
        assertThat(touched.expiresAt()).isEqualTo(LATER);
    }

    @Test
    void endWhenEndedAlreadyThenFirstReasonStays() {
        run(sessions.insert(session)
                .then(sessions.end(id, NOW, EndReason.KICKED))
                .then(sessions.end(id, LATER, EndReason.LOGOUT)));

        assertThat(await(sessions.findById(id)).endReason()).isEqualTo(EndReason.KICKED);
        assertThat(await(sessions.findById(id)).endedAt()).isEqualTo(NOW);
        assertThat(page(null, null, null)).isEmpty();
    }

    @Test
    void findUnendedIdsByUserWhenSomeEndedThenOthersOldestFirstAlsoExpiredOnes() {
        String older = UUID.randomUUID().toString();
        String expired = UUID.randomUUID().toString();
        String ended = UUID.randomUUID().toString();
        run(sessions.insert(session)
                .then(sessions.insert(aSession(older, userId, NOW.minusSeconds(9), LATER)))
                .then(sessions.insert(aSession(expired, userId, NOW.minusSeconds(8), NOW)))
                .then(sessions.insert(aSession(ended, userId, NOW.minusSeconds(7), LATER)))
                .then(sessions.end(ended, NOW, EndReason.KICKED)));

        assertThat(await(sessions.findUnendedIdsByUser(userId, TenantScope.ALL).collectList()))
                .containsExactly(older, expired, id);
        assertThat(page(null, null, null)).containsExactly(id, older);
    }

    @Test
    void listLiveByUserWhenThereAreMoreThanTwoHundredThenTheNewest() {
        int count = 201;
        run(Flux.range(0, count)
                .concatMap(i -> sessions.insert(aSession(
                        "s-" + i + "-" + userId.substring(0, 8), userId, NOW.plusSeconds(i), LATER.plusSeconds(count))))
                .then());

        var listed = await(sessions.listLiveByUser(userId, TenantScope.ALL, NOW.plusSeconds(count)));

        assertThat(listed).hasSize(200);
        assertThat(listed.get(0).id()).startsWith("s-200-");
        assertThat(listed.get(199).id()).startsWith("s-1-");
    }

    @Test
    void pageLiveWhenFilterHasWildcardsThenTheyAreText() {
        run(sessions.insert(session));

        assertThat(page("alice_", "192.0.2", "pho")).containsExactly(id);
        assertThat(page("alice_1", null, null)).containsExactly(id);
        assertThat(page("_lice", null, null)).isEmpty();
        assertThat(page("%", null, null)).isEmpty();
        assertThat(page("!", null, null)).isEmpty();
        assertThat(page("'", "\\", null)).isEmpty();
    }

    /**
     * Verifies that the time is read after the lock is granted, so that it is later than all changes of the previous lock holder.
     */
    @Test
    void findByIdForUpdateWhenItHasWaitedThenTheTimeIsThatOfTheLock() {
        run(sessions.insert(session));
        String present = "SELECT CAST(UTC_TIMESTAMP(3) AS CHAR) AS present";
        Mono<Instant> first = store.transactions.execute(sessions.findByIdForUpdate(id)
                .delayElement(Duration.ofMillis(300))
                .then(store.client
                        .sql(present)
                        .map(row -> ColumnValues.text(row, "present").replace(' ', 'T') + "Z")
                        .one()
                        .map(Instant::parse)));
        Mono<Instant> second =
                store.transactions.execute(sessions.findByIdForUpdate(id)).map(LockedSession::at);

        Instant firstsEnd = Mono.zip(first, Mono.delay(Duration.ofMillis(100)).then(second), (end, at) -> {
                    assertThat(at).isAfterOrEqualTo(end);
                    return end;
                })
                .block(Duration.ofSeconds(20));

        assertThat(firstsEnd).isNotNull();
    }

    @Test
    void findByIdWhenTheReasonIsOfALaterReleaseThenOverAllTheSame() {
        run(sessions.insert(session));
        store.execute(
                "UPDATE auth_session SET ended_at = UTC_TIMESTAMP(3), end_reason = 'ABDUCTED' WHERE id = '" + id + "'");

        assertThat(await(sessions.findById(id)).endReason()).isEqualTo(EndReason.LOGOUT);
        assertThat(await(sessions.findById(id)).ended()).isTrue();
    }

    @Test
    void findByIdForUpdateWhenTwoTransactionsThenSecondWaitsForFirst() {
        run(sessions.insert(session));
        Mono<Boolean> endOnce = store.transactions.execute(sessions.findByIdForUpdate(id)
                .filter(found -> !found.session().ended())
                .delayElement(Duration.ofMillis(50))
                .delayUntil(found -> sessions.end(id, NOW, EndReason.LOGOUT))
                .hasElement());

        List<Boolean> ended = await(Mono.zip(endOnce, endOnce, (first, second) -> List.of(first, second)));

        assertThat(ended).containsExactlyInAnyOrder(true, false);
    }
}
