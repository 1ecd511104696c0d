package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.ExpiringRows.BEFORE;
import static io.portcullis.core.r2dbc.ExpiringRows.LATER;
import static io.portcullis.core.r2dbc.ExpiringRows.OVER;
import static io.portcullis.core.r2dbc.ExpiringRows.id;
import static io.portcullis.core.r2dbc.TestStore.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.retention.RetentionKind;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Sinks;

@Timeout(180)
class R2dbcExpiredRowRepositoryIT {
    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcExpiredRowRepository rows = new R2dbcExpiredRowRepository(store.client);
    private final ExpiringRows made = new ExpiringRows(store);
    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client);

    @BeforeEach
    void empty() {
        made.empty();
    }

    private long remove(RetentionKind kind, int limit) {
        return await(store.transactions.execute(rows.remove(kind, BEFORE, limit)));
    }

    @ParameterizedTest
    @EnumSource
    void removeWhenTimeIsOverThenThatRowAndNoOther(RetentionKind kind) {
        made.row(kind, OVER);
        String kept = made.row(kind, BEFORE);

        assertThat(remove(kind, 10)).isEqualTo(1);

        assertThat(made.remaining(kind)).containsExactly(kept);
        assertThat(remove(kind, 10)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void removeWhenMoreThanTheLimitThenNoMoreThanThat(RetentionKind kind) {
        for (int i = 0; i < 5; i++) {
            made.row(kind, OVER);
        }

        assertThat(remove(kind, 3)).isEqualTo(3);
        assertThat(made.remaining(kind)).hasSize(2);
        assertThat(remove(kind, 3)).isEqualTo(2);
    }

    @Test
    void removeWhenAnAccessTokenIsTheCurrentOneThenItStaysForALogout() {
        String session = made.liveSession();
        String current = id();
        store.execute("INSERT INTO access_token (digest, session_id, user_id, expires_at) VALUES ('" + current + "', '"
                + session + "', 'u', '2020-01-01')");

        assertThat(remove(RetentionKind.ACCESS_TOKEN, 10)).isZero();

        assertThat(made.remaining(RetentionKind.ACCESS_TOKEN)).containsExactly(current);
    }

    @Test
    void removeWhenAnEventWaitsForItsDeliveryThenItStaysHoweverOldItIs() {
        String pending = made.event("PENDING", "2020-01-01");

        assertThat(remove(RetentionKind.DEAD_EVENT, 10)).isZero();

        assertThat(made.remaining(RetentionKind.DEAD_EVENT)).containsExactly(pending);
    }

    @Test
    void removeWhenASealedSuccessorThenTheRowStays() {
        made.row(RetentionKind.SEALED_SUCCESSOR, OVER);

        assertThat(remove(RetentionKind.SEALED_SUCCESSOR, 10)).isEqualTo(1);

        assertThat(made.remaining(RetentionKind.REFRESH_TOKEN)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCESS_TOKEN", "REFRESH_TOKEN", "SEALED_SUCCESSOR"})
    void removeWhenTheSessionIsLockedThenItsRowsAreLeftAndNobodyWaits(RetentionKind kind) {
        String busy = made.row(kind, OVER);
        String table = kind == RetentionKind.ACCESS_TOKEN ? "access_token" : "refresh_token";
        String session = await(store.client
                .sql("SELECT session_id FROM " + table)
                .mapValue(String.class)
                .one());
        made.row(kind, OVER);
        Sinks.One<String> locked = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> logout = store.transactions
                .execute(sessions.findByIdForUpdate(session)
                        .doOnNext(found -> locked.tryEmitValue(found.session().id()))
                        .then(end.asMono()))
                .toFuture();
        await(locked.asMono());

        assertThat(remove(kind, 10)).isEqualTo(1);

        assertThat(logout).isNotDone();
        assertThat(made.remaining(kind)).containsExactly(busy);
        end.tryEmitEmpty();
        logout.join();
        assertThat(remove(kind, 10)).isEqualTo(1);
    }

    @Test
    void removeWhenALoginHoldsTheLockOfItsUserThenItIsLeftAndNobodyWaits() {
        String busy = made.row(RetentionKind.USER_LOCK, OVER);
        made.row(RetentionKind.USER_LOCK, OVER);
        Sinks.One<Boolean> locked = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> login = store.transactions
                .execute(new R2dbcUserLockRepository(store.client)
                        .lock(busy)
                        .doOnNext(locked::tryEmitValue)
                        .then(end.asMono()))
                .toFuture();
        assertThat(await(locked.asMono())).isTrue();

        assertThat(remove(RetentionKind.USER_LOCK, 10)).isEqualTo(1);

        assertThat(login).isNotDone();
        assertThat(made.remaining(RetentionKind.USER_LOCK)).containsExactly(busy);
        end.tryEmitEmpty();
        login.join();
        assertThat(remove(RetentionKind.USER_LOCK, 10)).isEqualTo(1);
    }

    @Test
    void removeWhenTheSessionIsGoneThenItsTokensGoToo() {
        made.access(id(), "2020-01-01", "2020-01-01");
        made.refresh(id(), "2020-01-01");

        assertThat(remove(RetentionKind.ACCESS_TOKEN, 10)).isEqualTo(1);
        assertThat(remove(RetentionKind.REFRESH_TOKEN, 10)).isEqualTo(1);
    }

    @Test
    void findExpiredSessionsWhenPastTheirEndOrTheirLastTokensThenThose() {
        String past = made.session(OVER);
        made.refresh(past, LATER);
        String withoutToken = made.liveSession();
        made.refresh(withoutToken, ColumnValues.utc(OVER).toString());
        String live = made.liveSession();
        made.refresh(live, ColumnValues.utc(BEFORE).toString());
        String ended = made.row(RetentionKind.ENDED_SESSION, OVER);
        store.execute("UPDATE auth_session SET expires_at = '2020-01-01' WHERE id = '" + ended + "'");

        assertThat(await(rows.findExpiredSessions(BEFORE, 10).collectList()))
                .containsExactlyInAnyOrder(past, withoutToken);
        assertThat(await(rows.findExpiredSessions(BEFORE, 1).collectList())).hasSize(1);
        assertThat(expired(past)).isTrue();
        assertThat(expired(withoutToken)).isTrue();
        assertThat(expired(live)).isFalse();
    }

    private boolean expired(String sessionId) {
        return await(sessions.findById(sessionId)
                .flatMap(session -> rows.ifExpired(session, BEFORE))
                .hasElement());
    }

    @Test
    void removeWhenASessionIsLockedThenAnotherSessionsLoginIsNotDelayed() {
        made.row(RetentionKind.ACCESS_TOKEN, OVER);
        Sinks.One<Long> removed = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> batch = store.transactions
                .execute(rows.remove(RetentionKind.ACCESS_TOKEN, BEFORE, 10)
                        .doOnNext(removed::tryEmitValue)
                        .then(end.asMono()))
                .toFuture();
        await(removed.asMono());

        String session = made.liveSession();
        made.access(session, LATER, LATER);
        made.refresh(session, LATER);

        assertThat(batch).isNotDone();
        end.tryEmitEmpty();
        batch.join();
        assertThat(made.remaining(RetentionKind.REFRESH_TOKEN)).hasSize(1);
    }
}
