package io.portcullis.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.transaction.Transactions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Interleavings that only hand-driven ports can force; the adapters have suites of their own against real servers. */
class AccessTokenAuthenticatorTests {
    private static final Identity ALICE = new Identity("1", "alice", "member", null, Set.of("user"), "s1");

    private final SecureRandom random = new SecureRandom();
    private final TokenCodec codec =
            new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(random))), Clock.systemUTC(), random);
    private final MapStore store = new MapStore();
    private final ScriptedRegistry registry = new ScriptedRegistry();
    private final MapLedger ledger = new MapLedger();
    private final AccessTokenAuthenticator authenticator = new AccessTokenAuthenticator(
            codec,
            store,
            registry,
            ledger,
            new NoTransactions(),
            Clock.systemUTC(),
            new FallbackSettings(2, 2, Duration.ofSeconds(5)));
    private final Token token = mint();

    private Token mint() {
        return codec.mint(TokenKind.ACCESS, Instant.now().plusSeconds(60));
    }

    private Mono<Identity> authenticate() {
        return authenticator.authenticate(token.value());
    }

    private static void assertRefused(Mono<Identity> result, ErrorCode code) {
        StepVerifier.create(result)
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                PortcullisException.class,
                                p -> assertThat(p.code()).isEqualTo(code)))
                .verify(Duration.ofSeconds(5));
    }

    private static void assertPasses(Mono<Identity> result) {
        StepVerifier.create(result).expectNext(ALICE).expectComplete().verify(Duration.ofSeconds(5));
    }

    @Test
    void authenticateWhenForgedOrExpiredThenNoStoreIsAsked() {
        Token expired = codec.mint(TokenKind.ACCESS, Instant.now().minusMillis(1));
        Token refresh = codec.mint(TokenKind.REFRESH, Instant.now().plusSeconds(60));

        assertRefused(authenticator.authenticate("pca_nonsense"), ErrorCode.ACCESS_TOKEN_INVALID);
        assertRefused(authenticator.authenticate(refresh.value()), ErrorCode.ACCESS_TOKEN_INVALID);
        assertRefused(authenticator.authenticate(expired.value()), ErrorCode.ACCESS_TOKEN_EXPIRED);
        assertThat(store.finds).isZero();
        assertThat(registry.asked).isEmpty();
    }

    @Test
    void authenticateWhenLiveInStoreThenNoRegistryIsAsked() {
        store.entries.put(token.digest(), new AccessTokenEntry.Live(ALICE));

        assertPasses(authenticate());
        assertThat(registry.asked).isEmpty();
    }

    @Test
    void authenticateWhenTombstoneThenItsReason() {
        store.entries.put(token.digest(), new AccessTokenEntry.Tombstone(RevocationReason.KICKED));

        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
    }

    @Test
    void authenticateWhenAbsentThenFilledFromRegistry() {
        registry.answers.add(Mono.just(ALICE));

        assertPasses(authenticate());
        assertPasses(authenticate());
        assertThat(registry.asked).hasSize(1);
    }

    @Test
    void authenticateWhenUnknownEverywhereThenInvalidAndNothingIsKept() {
        registry.answers.add(Mono.empty());
        registry.answers.add(Mono.just(ALICE));

        assertRefused(authenticate(), ErrorCode.ACCESS_TOKEN_INVALID);
        assertPasses(authenticate());
    }

    @Test
    void authenticateWhenRevokedAndTheStoreLostItThenTheLedgersReasonAndItsTombstoneIsBack() {
        registry.answers.add(Mono.empty());
        ledger.reasons.put(token.digest(), RevocationReason.KICKED);

        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
        assertThat(registry.asked).hasSize(1);
    }

    @Test
    void authenticateWhenTheTombstoneTakesForEverThenItsReasonAllTheSame() {
        store.tombstones = Mono.never();
        registry.answers.add(Mono.empty());
        ledger.reasons.put(token.digest(), RevocationReason.KICKED);

        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
    }

    @Test
    void authenticateWhenRevokedAndStoreFailsThenTheLedgersReason() {
        store.failing = true;
        registry.answers.add(Mono.empty());
        ledger.reasons.put(token.digest(), RevocationReason.LOGOUT);

        assertRefused(authenticate(), ErrorCode.SESSION_LOGGED_OUT);
    }

    @Test
    void authenticateWhenStoreFailsAtTheFillThenPassesAllTheSame() {
        registry.answers.add(Mono.fromSupplier(() -> {
            store.failing = true;
            return ALICE;
        }));

        assertPasses(authenticate());
        assertThat(registry.asked).hasSize(1);
    }

    @Test
    void authenticateWhenStoreFailsThenRegistryAnswersWithoutFill() {
        store.failing = true;
        registry.answers.add(Mono.just(ALICE));
        registry.answers.add(Mono.empty());

        assertPasses(authenticate());
        assertRefused(authenticate(), ErrorCode.ACCESS_TOKEN_INVALID);
        assertThat(store.entries).isEmpty();
    }

    @Test
    void authenticateWhenRegistryFailsThenUnavailable() {
        registry.answers.add(Mono.error(PortcullisException.storeUnavailable("MySQL", null)));
        registry.answers.add(Mono.error(new IllegalStateException("a bug")));
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);

        store.failing = true;
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);
    }

    @Test
    void authenticateWhenManyMissAtOnceThenTwoQueriesAndCancellationIsOnesOwn() {
        Sinks.One<Identity> answer = Sinks.one();
        registry.answers.add(answer.asMono());
        registry.answers.add(Mono.just(ALICE));
        List<Identity> passed = new ArrayList<>();

        var first = authenticate().subscribe(passed::add);
        IntStream.range(0, 9).forEach(i -> authenticate().subscribe(passed::add));
        first.dispose();
        answer.tryEmitValue(ALICE).orThrow();

        assertThat(passed).hasSize(9);
        assertThat(registry.asked)
                .as("one that had begun, one for all who came later")
                .hasSize(2);
    }

    @Test
    void authenticateWhenFailureIsSharedThenNotKept() {
        Sinks.One<Identity> answer = Sinks.one();
        registry.answers.add(answer.asMono());
        registry.answers.add(Mono.just(ALICE));
        List<Throwable> failed = new ArrayList<>();

        IntStream.range(0, 3).forEach(i -> authenticate().subscribe(x -> {}, failed::add));
        answer.tryEmitError(PortcullisException.storeUnavailable("MySQL", null)).orThrow();

        assertThat(failed).hasSize(3);
        assertPasses(authenticate());
    }

    @Test
    void authenticateWhenRegistryKeepsFailingThenItIsLeftAloneForAWhile() {
        store.failing = true;
        IntStream.range(0, 10)
                .forEach(i -> registry.answers.add(Mono.error(PortcullisException.storeUnavailable("MySQL", null))));

        IntStream.range(0, 10).forEach(i -> assertRefused(authenticate(), ErrorCode.UNAVAILABLE));
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);

        assertThat(registry.asked).hasSize(10);
    }

    @Test
    void authenticateWhenStoreFailsAndQueryIsUnderWayThenTheNextQueryIsShared() {
        store.failing = true;
        Sinks.One<Identity> beforeLogout = Sinks.one();
        registry.answers.add(beforeLogout.asMono());
        registry.answers.add(Mono.empty());
        List<Identity> passed = new ArrayList<>();
        List<Throwable> refused = new ArrayList<>();

        authenticate().subscribe(passed::add, refused::add);
        // A logout commits here: whoever asks from now on must not be given what was read before.
        IntStream.range(0, 5).forEach(i -> authenticate().subscribe(passed::add, refused::add));
        beforeLogout.tryEmitValue(ALICE).orThrow();

        assertThat(passed).hasSize(1);
        assertThat(refused).hasSize(5);
        assertThat(registry.asked).hasSize(2);
    }

    @Test
    void authenticateWhenTooManyFallBackThenUnavailableAtOnce() {
        Sinks.One<Identity> answer = Sinks.one();
        IntStream.range(0, 4).forEach(i -> registry.answers.add(answer.asMono()));
        List<Identity> passed = new ArrayList<>();

        IntStream.range(0, 4)
                .forEach(i -> authenticator.authenticate(mint().value()).subscribe(passed::add));
        assertThat(registry.asked).hasSize(2);
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);
        answer.tryEmitValue(ALICE).orThrow();

        assertThat(passed).hasSize(4);
    }

    private static final class MapStore implements AccessTokenStore {
        private final Map<String, AccessTokenEntry> entries = new HashMap<>();
        /** What each tombstone waits for. */
        private Mono<Void> tombstones = Mono.empty();

        private boolean failing;
        private int finds;

        @Override
        public Mono<AccessTokenEntry> find(String digest) {
            finds++;
            return failing ? failure() : Mono.justOrEmpty(entries.get(digest));
        }

        @Override
        public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
            return failing
                    ? failure()
                    : Mono.fromRunnable(() -> entries.putIfAbsent(digest, new AccessTokenEntry.Live(identity)));
        }

        @Override
        public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
            return tombstones.then(
                    Mono.fromRunnable(() -> entries.put(digest, new AccessTokenEntry.Tombstone(reason))));
        }

        private static <T> Mono<T> failure() {
            return Mono.error(PortcullisException.storeUnavailable("Redis", null));
        }
    }

    private static final class ScriptedRegistry implements TokenRegistry {
        private final Deque<Mono<Identity>> answers = new ArrayDeque<>();
        private final List<String> asked = new ArrayList<>();

        @Override
        public Mono<Identity> findIdentity(String accessTokenDigest, Instant now) {
            asked.add(accessTokenDigest);
            return answers.remove();
        }

        @Override
        public Mono<Void> insertAccess(AccessTokenRecord token) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Void> insertRefresh(RefreshTokenRecord token) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<String> findSessionId(TokenKind kind, String digest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<RefreshTokenRecord> findRefreshForUpdate(String digest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Integer> findLatestGeneration(String sessionId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Void> spendRefresh(RefreshTokenRecord token, Instant usedAt, String sealedSuccessor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Void> deleteRefresh(String sessionId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Identity> findIdentityLocked(String accessTokenDigest, Instant now) {
            return findIdentity(accessTokenDigest, now);
        }
    }

    private static final class MapLedger implements RevocationLedger {
        private final Map<String, RevocationReason> reasons = new HashMap<>();

        @Override
        public Mono<RevocationReason> findReason(String digest) {
            return Mono.justOrEmpty(reasons.get(digest));
        }

        @Override
        public Flux<RevokedToken> findUnapplied(Instant now, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Flux<RevokedToken> findRevokedSince(Instant since, Instant now, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Flux<RevokedToken> findUnexpired(Instant now, @Nullable RevokedToken last, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Void> markApplied(List<RevokedToken> entries, Instant at) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class NoTransactions implements Transactions {
        @Override
        public <T> Mono<T> execute(Mono<T> work) {
            return work;
        }
    }
}
