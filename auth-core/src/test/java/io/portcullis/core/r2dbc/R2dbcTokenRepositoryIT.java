package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.mother.Tokens.USER_ID;
import static io.portcullis.core.mother.Tokens.aRefreshToken;
import static io.portcullis.core.mother.Tokens.anAccessToken;
import static io.portcullis.core.mother.Tokens.superseded;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.LiveAccessToken;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@Timeout(180)
class R2dbcTokenRepositoryIT {
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(30));
    private static final Instant GRACE = NOW.plus(Duration.ofSeconds(10));

    @RegisterExtension
    static final TestStore store = new TestStore();

    private volatile String now = at(NOW);
    private final R2dbcTokenRepository tokens = new R2dbcTokenRepository(store.client, () -> now);
    private final R2dbcRevocationLedger ledger = new R2dbcRevocationLedger(store.client, () -> now);
    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client);
    private final String sessionId = UUID.randomUUID().toString();
    private final AccessTokenRecord current = access(LATER);
    private final AccessTokenRecord expired = access(NOW.minus(RevokedToken.CLOCK_SKEW));

    private static String at(Instant time) {
        return "TIMESTAMP'" + time.toString().replace('T', ' ').replace("Z", "'");
    }

    private AccessTokenRecord access(Instant expiresAt) {
        return anAccessToken(sessionId, expiresAt);
    }

    private RefreshTokenRecord refresh(int generation) {
        return aRefreshToken(sessionId, generation, LATER);
    }

    private List<AccessTokenRecord> revoke(RevocationReason reason) {
        return await(store.transactions.execute(
                tokens.revokeAccess(sessionId, reason, NOW).collectList()));
    }

    private List<AccessTokenRecord> supersede() {
        return await(store.transactions.execute(
                tokens.supersedeAccess(sessionId, NOW, GRACE).collectList()));
    }

    private String ledger(AccessTokenRecord token) {
        return await(store.client
                .sql("SELECT CONCAT(reason, IF(applied_at IS NULL, ' at ', ' applied at '),"
                        + " DATE_FORMAT(revoked_at, '%Y-%m-%dT%H:%i:%s.%f')) AS entry FROM revoked_token"
                        + " WHERE digest = '" + token.digest() + "'")
                .map(row -> ColumnValues.text(row, "entry").replaceAll("000$", ""))
                .one()
                .defaultIfEmpty("none"));
    }

    @Test
    void findSessionIdWhenKnownThenEmitsItForItsKindOnly() {
        RefreshTokenRecord refresh = refresh(1);
        run(tokens.insertAccess(expired).then(tokens.insertRefresh(refresh)));

        assertThat(await(tokens.findSessionId(TokenKind.ACCESS, expired.digest())))
                .isEqualTo(sessionId);
        assertThat(await(tokens.findSessionId(TokenKind.REFRESH, refresh.digest())))
                .isEqualTo(sessionId);
        assertThat(tokens.findSessionId(TokenKind.REFRESH, expired.digest()).blockOptional())
                .isEmpty();
    }

    @Test
    void findIdentityWhenLiveThenEmitsIt() {
        run(sessions.insert(aSession(sessionId, USER_ID, NOW, LATER)).then(tokens.insertAccess(current)));

        assertThat(await(tokens.findIdentity(current.digest())).sessionId()).isEqualTo(sessionId);
        now = at(LATER);
        assertThat(tokens.findIdentity(current.digest()).blockOptional()).isEmpty();
    }

    @Test
    void findIdentityWhenSupersededThenUntilTheEndOfGraceOrSession() {
        AccessTokenRecord next = access(LATER);
        run(sessions.insert(aSession(sessionId, USER_ID, NOW, LATER)).then(tokens.insertAccess(current)));
        assertThat(supersede()).extracting(AccessTokenRecord::digest).containsExactly(current.digest());
        run(tokens.insertAccess(next));

        now = at(GRACE.minusMillis(1));
        assertThat(tokens.findIdentity(current.digest()).blockOptional()).isPresent();
        assertThat(await(tokens.findIdentityLocked(current.digest())).remaining())
                .isEqualTo(Duration.ofMillis(1));
        now = at(GRACE);
        assertThat(tokens.findIdentity(current.digest()).blockOptional()).isEmpty();
        assertThat(tokens.findIdentityLocked(current.digest()).blockOptional()).isEmpty();
        assertThat(tokens.findIdentity(next.digest()).blockOptional()).isPresent();
        assertThat(await(tokens.findIdentityLocked(next.digest())).remaining())
                .isEqualTo(Duration.between(GRACE, LATER));
        now = at(NOW);
        run(sessions.end(sessionId, NOW, EndReason.LOGOUT));
        assertThat(tokens.findIdentity(current.digest()).blockOptional()).isEmpty();
        assertThat(tokens.findIdentity(next.digest()).blockOptional()).isEmpty();
    }

    @Test
    void findIdentityLockedWhenLiveThenTheSessionWaitsForTheTransactionsEnd() {
        run(sessions.insert(aSession(sessionId, USER_ID, NOW, LATER)).then(tokens.insertAccess(current)));
        List<String> order = new CopyOnWriteArrayList<>();
        Sinks.Empty<Void> filled = Sinks.empty();
        Mono<LiveAccessToken> fill = store.transactions.execute(tokens.findIdentityLocked(current.digest())
                .delayUntil(identity -> {
                    order.add("read");
                    return filled.asMono();
                })
                .doOnNext(identity -> order.add("filled")));
        Mono<List<AccessTokenRecord>> logout = store.transactions.execute(sessions.findByIdForUpdate(sessionId)
                .doOnNext(session -> order.add("locked"))
                .thenMany(tokens.revokeAccess(sessionId, RevocationReason.of(EndReason.LOGOUT), NOW))
                .collectList());

        var filling = fill.toFuture();
        Await.until("the token is read", () -> order.contains("read"));
        assertThat(unlocked(sessionId)).isEmpty();
        var ending = logout.toFuture();
        // Another session is not locked. By the time its insert completes, the logout would have had time to pass a
        // missing lock.
        run(sessions.insert(aSession(UUID.randomUUID().toString(), "u-2", NOW, LATER)));
        filled.tryEmitEmpty().orThrow();

        assertThat(filling.join().identity().sessionId()).isEqualTo(sessionId);
        assertThat(ending.join()).hasSize(1);
        assertThat(order).containsExactly("read", "filled", "locked");
        assertThat(tokens.findIdentityLocked(current.digest()).blockOptional()).isEmpty();
    }

    private static List<String> unlocked(String sessionId) {
        return await(store.client
                .sql("SELECT id FROM auth_session WHERE id = '" + sessionId + "' FOR UPDATE SKIP LOCKED")
                .mapValue(String.class)
                .all()
                .collectList());
    }

    @Test
    void supersedeAccessThenTheNewestPassesUntilThenAndTheOneBeforeGoesAtOnce() {
        AccessTokenRecord next = access(LATER);
        run(tokens.insertAccess(current));
        assertThat(supersede()).containsExactly(superseded(current, GRACE));
        assertThat(ledger(current)).isEqualTo("SUPERSEDED at " + ColumnValues.utc(GRACE));
        run(tokens.insertAccess(next));

        assertThat(supersede()).containsExactly(superseded(current, NOW), superseded(next, GRACE));

        assertThat(ledger(current)).isEqualTo("SUPERSEDED at " + ColumnValues.utc(NOW));
        assertThat(ledger(next)).isEqualTo("SUPERSEDED at " + ColumnValues.utc(GRACE));
        assertThat(rows("access_token")).isEqualTo(1);
    }

    @Test
    void supersedeAccessWhenTheOneBeforeHasHadItsGraceThenItsEntryStays() {
        AccessTokenRecord next = access(LATER);
        run(tokens.insertAccess(current));
        assertThat(supersede()).hasSize(1);
        run(tokens.insertAccess(next));

        run(store.transactions.execute(
                tokens.supersedeAccess(sessionId, GRACE, GRACE.plusSeconds(10)).collectList()));

        assertThat(ledger(current)).isEqualTo("SUPERSEDED at " + ColumnValues.utc(GRACE));
        assertThat(rows("access_token")).isEqualTo(1);
    }

    private long rows(String table) {
        return store.count("SELECT COUNT(*) FROM " + table + " WHERE session_id = '" + sessionId + "'");
    }

    @Test
    void revokeUnknownWhenInGraceThenAsOfNow() {
        run(tokens.insertAccess(current));
        assertThat(supersede()).hasSize(1);

        assertThat(await(tokens.revokeUnknown(current.digest(), LATER, RevocationReason.of(EndReason.LOGOUT))))
                .isTrue();

        assertThat(ledger(current)).isEqualTo("LOGOUT at " + ColumnValues.utc(NOW));
    }

    /** Verifies the limit on rows of an earlier release, which kept one row per refresh. */
    @Test
    void revokeAccessAndDeleteRefreshWhenManyRowsAreLeftThenAHandfulIsTouched() {
        for (int i = 1; i <= 50; i++) {
            run(tokens.insertRefresh(refresh(i)));
            run(tokens.insertAccess(superseded(access(LATER), NOW.minusSeconds(100 - i))));
        }
        run(tokens.insertAccess(current));

        assertThat(await(tokens.findLatestRefresh(sessionId).collectList()))
                .extracting(RefreshTokenRecord::generation)
                .containsExactly(50, 49);
        assertThat(revoke(RevocationReason.of(EndReason.KICKED))).hasSize(4).contains(current);
        run(store.transactions.execute(tokens.deleteRefresh(sessionId)));

        assertThat(rows("access_token")).isEqualTo(47);
        assertThat(rows("refresh_token")).isEqualTo(48);
    }

    @Test
    void revokeUnknownThenEnteredOnceUnderTheFirstReason() {
        assertThat(await(tokens.revokeUnknown(current.digest(), LATER, RevocationReason.of(EndReason.KICKED))))
                .isTrue();
        assertThat(await(tokens.revokeUnknown(current.digest(), LATER, RevocationReason.of(EndReason.LOGOUT))))
                .isFalse();

        assertThat(ledger(current)).isEqualTo("KICKED at " + ColumnValues.utc(NOW));
    }

    @Test
    void revokeAccessWhenSupersededThenEnteredAgain() {
        AccessTokenRecord next = access(LATER);
        run(tokens.insertAccess(current).then(tokens.insertAccess(expired)));
        assertThat(supersede()).hasSize(1);
        now = at(GRACE);
        run(ledger.findUnapplied(NOW, 100).collectList().flatMap(entries -> ledger.markApplied(entries, NOW)));
        run(tokens.insertAccess(next));
        assertThat(ledger(current)).startsWith("SUPERSEDED applied");

        assertThat(revoke(RevocationReason.of(EndReason.KICKED)))
                .extracting(AccessTokenRecord::digest)
                .containsExactlyInAnyOrder(current.digest(), next.digest());
        assertThat(ledger(current)).isEqualTo("KICKED at " + ColumnValues.utc(NOW));
        assertThat(ledger(next)).isEqualTo("KICKED at " + ColumnValues.utc(NOW));
        assertThat(ledger(expired)).isEqualTo("none");
        assertThat(rows("access_token")).isZero();
    }

    @Test
    void revokeAccessWhenTransactionFailsThenNothingChanged() {
        run(tokens.insertAccess(current));

        Mono<Void> failing =
                store.transactions.execute(tokens.revokeAccess(sessionId, RevocationReason.of(EndReason.LOGOUT), NOW)
                        .then(Mono.error(PortcullisException.storeUnavailable("Redis", null))));

        assertThatThrownBy(() -> run(failing)).isInstanceOf(PortcullisException.class);
        assertThat(ledger(current)).isEqualTo("none");
        assertThat(await(tokens.findSessionId(TokenKind.ACCESS, current.digest())))
                .isEqualTo(sessionId);
    }

    @Test
    void spendRefreshWhenFreshThenKeepsItsSuccessor() {
        RefreshTokenRecord first = refresh(1);
        run(tokens.insertRefresh(first).then(tokens.spendRefresh(first.spent(NOW, "sealed-2", false))));

        assertThat(await(tokens.findLatestRefresh(sessionId).collectList()))
                .containsExactly(first.spent(NOW, "sealed-2", false));
        assertThatThrownBy(() -> run(tokens.spendRefresh(first.spent(NOW, "other", false))))
                .isInstanceOf(PortcullisException.class);
    }

    @Test
    void deleteRefreshWhenCalledThenNoneIsLeft() {
        run(tokens.insertRefresh(refresh(1)).then(tokens.insertRefresh(refresh(2))));
        run(tokens.deleteRefresh(sessionId));

        assertThat(rows("refresh_token")).isZero();
    }
}
