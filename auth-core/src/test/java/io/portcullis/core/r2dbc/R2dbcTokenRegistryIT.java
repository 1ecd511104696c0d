package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.AccessTokenRecord;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RefreshTokenRecord;
import io.portcullis.core.token.RevocationReason;
import io.portcullis.core.token.TokenKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

@Timeout(60)
class R2dbcTokenRegistryIT {
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(30));

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcTokenRegistry registry = new R2dbcTokenRegistry(store.client);
    private final R2dbcRevocationLedger ledger = new R2dbcRevocationLedger(store.client);
    private final R2dbcSessionRegistry sessions = new R2dbcSessionRegistry(store.client);
    private final String sessionId = UUID.randomUUID().toString();
    private final AccessTokenRecord current = access(LATER);
    private final AccessTokenRecord expired = access(NOW);

    private static String digest() {
        return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    }

    private AccessTokenRecord access(Instant expiresAt) {
        return new AccessTokenRecord(digest(), sessionId, "u-1", expiresAt, null);
    }

    private RefreshTokenRecord refresh(int generation) {
        return new RefreshTokenRecord(digest(), sessionId, generation, LATER, null, null);
    }

    private List<AccessTokenRecord> revoke(RevocationReason reason) {
        return await(store.transactions.execute(
                registry.revokeAccess(sessionId, reason, NOW).collectList()));
    }

    private List<AccessTokenRecord> supersede() {
        return await(store.transactions.execute(
                registry.supersedeAccess(sessionId, NOW).collectList()));
    }

    private static void awaitTrue(BooleanSupplier condition) {
        Mono.fromRunnable(() -> assertThat(condition.getAsBoolean()).isTrue())
                .retryWhen(Retry.fixedDelay(2_000, Duration.ofMillis(5)))
                .block(Duration.ofSeconds(20));
    }

    private String ledger(AccessTokenRecord token) {
        return await(store.client
                .sql("SELECT CONCAT(reason, IF(applied_at IS NULL, '', ' applied')) AS entry FROM revoked_token"
                        + " WHERE digest = '" + token.digest() + "'")
                .map(row -> Columns.text(row, "entry"))
                .one()
                .defaultIfEmpty("none"));
    }

    @Test
    void findSessionIdWhenKnownThenEmitsItForItsKindOnly() {
        RefreshTokenRecord refresh = refresh(1);
        run(registry.insertAccess(expired).then(registry.insertRefresh(refresh)));

        assertThat(await(registry.findSessionId(TokenKind.ACCESS, expired.digest())))
                .isEqualTo(sessionId);
        assertThat(await(registry.findSessionId(TokenKind.REFRESH, refresh.digest())))
                .isEqualTo(sessionId);
        assertThat(registry.findSessionId(TokenKind.REFRESH, expired.digest()).blockOptional())
                .isEmpty();
    }

    @Test
    void findIdentityWhenLiveThenEmitsIt() {
        run(sessions.insert(TestSessions.of(sessionId, "u-1", NOW, LATER)).then(registry.insertAccess(current)));

        assertThat(await(registry.findIdentity(current.digest(), NOW)).sessionId())
                .isEqualTo(sessionId);
        assertThat(registry.findIdentity(current.digest(), LATER).blockOptional())
                .isEmpty();
    }

    @Test
    void findIdentityWhenSupersededOrSessionEndedThenEmpty() {
        AccessTokenRecord next = access(LATER);
        run(sessions.insert(TestSessions.of(sessionId, "u-1", NOW, LATER)).then(registry.insertAccess(current)));
        assertThat(supersede()).extracting(AccessTokenRecord::digest).containsExactly(current.digest());
        run(registry.insertAccess(next));

        assertThat(registry.findIdentity(current.digest(), NOW).blockOptional()).isEmpty();
        assertThat(registry.findIdentity(next.digest(), NOW).blockOptional()).isPresent();
        run(sessions.end(sessionId, NOW, EndReason.LOGOUT));
        assertThat(registry.findIdentity(next.digest(), NOW).blockOptional()).isEmpty();
    }

    @Test
    void findIdentityLockedWhenLiveThenTheSessionWaitsForTheTransactionsEnd() {
        run(sessions.insert(TestSessions.of(sessionId, "u-1", NOW, LATER)).then(registry.insertAccess(current)));
        List<String> order = new CopyOnWriteArrayList<>();
        Sinks.Empty<Void> filled = Sinks.empty();
        Mono<Identity> fill = store.transactions.execute(registry.findIdentityLocked(current.digest(), NOW)
                .delayUntil(identity -> {
                    order.add("read");
                    return filled.asMono();
                })
                .doOnNext(identity -> order.add("filled")));
        Mono<List<AccessTokenRecord>> logout = store.transactions.execute(sessions.findByIdForUpdate(sessionId)
                .doOnNext(session -> order.add("locked"))
                .thenMany(registry.revokeAccess(sessionId, RevocationReason.LOGOUT, NOW))
                .collectList());

        var filling = fill.toFuture();
        awaitTrue(() -> order.contains("read"));
        var ending = logout.toFuture();
        // A session that nobody holds is not kept waiting, so that when it is through the other had its time too.
        run(sessions.insert(TestSessions.of(digest().substring(0, 36), "u-2", NOW, LATER)));
        filled.tryEmitEmpty().orThrow();

        assertThat(filling.join().sessionId()).isEqualTo(sessionId);
        assertThat(ending.join()).hasSize(1);
        assertThat(order).containsExactly("read", "filled", "locked");
        assertThat(registry.findIdentityLocked(current.digest(), NOW).blockOptional())
                .isEmpty();
    }

    @Test
    void supersedeAccessWhenCalledTwiceThenEntersOnce() {
        run(registry.insertAccess(current).then(registry.insertAccess(expired)));

        assertThat(supersede()).containsExactly(new AccessTokenRecord(current.digest(), sessionId, "u-1", LATER, NOW));
        assertThat(supersede()).isEmpty();
        assertThat(ledger(current)).isEqualTo("SUPERSEDED");
        assertThat(ledger(expired)).isEqualTo("none");
        assertThat(await(registry.findSessionId(TokenKind.ACCESS, current.digest())))
                .isEqualTo(sessionId);
    }

    @Test
    void revokeAccessWhenSupersededThenEnteredAgain() {
        AccessTokenRecord next = access(LATER);
        run(registry.insertAccess(current).then(registry.insertAccess(expired)));
        assertThat(supersede()).hasSize(1);
        run(ledger.findUnapplied(NOW, 100).collectList().flatMap(entries -> ledger.markApplied(entries, NOW)));
        run(registry.insertAccess(next));
        assertThat(ledger(current)).isEqualTo("SUPERSEDED applied");

        assertThat(revoke(RevocationReason.KICKED))
                .extracting(AccessTokenRecord::digest)
                .containsExactlyInAnyOrder(current.digest(), next.digest());
        assertThat(ledger(current)).isEqualTo("KICKED");
        assertThat(ledger(next)).isEqualTo("KICKED");
        assertThat(ledger(expired)).isEqualTo("none");
        assertThat(store.count("SELECT COUNT(*) FROM access_token WHERE session_id = '" + sessionId + "'"))
                .isZero();
    }

    @Test
    void revokeAccessWhenTransactionFailsThenNothingChanged() {
        run(registry.insertAccess(current));

        Mono<Void> failing = store.transactions.execute(registry.revokeAccess(sessionId, RevocationReason.LOGOUT, NOW)
                .then(Mono.error(PortcullisException.storeUnavailable("Redis", null))));

        assertThatThrownBy(() -> run(failing)).isInstanceOf(PortcullisException.class);
        assertThat(ledger(current)).isEqualTo("none");
        assertThat(await(registry.findSessionId(TokenKind.ACCESS, current.digest())))
                .isEqualTo(sessionId);
    }

    @Test
    void spendRefreshWhenFreshThenKeepsOnlyItsSuccessor() {
        RefreshTokenRecord first = refresh(1);
        RefreshTokenRecord second = refresh(2);
        run(registry.insertRefresh(first).then(registry.spendRefresh(first, NOW, "sealed-2")));
        assertThat(await(registry.findRefreshForUpdate(first.digest())).sealedSuccessor())
                .isEqualTo("sealed-2");
        run(registry.insertRefresh(second).then(registry.spendRefresh(second, NOW, "sealed-3")));

        assertThat(await(registry.findRefreshForUpdate(first.digest())))
                .isEqualTo(new RefreshTokenRecord(first.digest(), sessionId, 1, LATER, NOW, null));
        assertThat(await(registry.findRefreshForUpdate(second.digest())))
                .isEqualTo(new RefreshTokenRecord(second.digest(), sessionId, 2, LATER, NOW, "sealed-3"));
        assertThat(await(registry.findLatestGeneration(sessionId))).isEqualTo(2);
        assertThatThrownBy(() -> run(registry.spendRefresh(second, NOW, "other")))
                .isInstanceOf(PortcullisException.class);
    }

    @Test
    void deleteRefreshWhenCalledThenNoneIsLeft() {
        RefreshTokenRecord token = refresh(1);
        run(registry.insertRefresh(token).then(registry.deleteRefresh(sessionId)));

        assertThat(registry.findRefreshForUpdate(token.digest()).blockOptional())
                .isEmpty();
        assertThat(registry.findLatestGeneration(sessionId).blockOptional()).isEmpty();
    }
}
