package io.portcullis.core.token.check;

import static io.portcullis.core.mother.Identities.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.LiveKeyRing;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenDigest;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests interleavings that require scripted ports. The suites of the adapters run against real servers. */
class AccessTokenAuthenticatorTests {
    private static final String IP = "192.0.2.1";
    private static final String SESSION = "0199a3f0-1c2d-7e4f-8a5b-6c7d8e9f0a1b";

    private final SecureRandom random = new SecureRandom();
    private final TokenCodec codec =
            new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(random))), Clock.systemUTC(), random);
    private final InMemoryAccessTokenCache cache = new InMemoryAccessTokenCache();
    private final ScriptedTokenRepository tokens = new ScriptedTokenRepository();
    private final InMemoryRevocationLedger ledger = new InMemoryRevocationLedger();
    private final List<String> recorded = new ArrayList<>();
    private final AccessTokenAuthenticator authenticator = authenticator(codec);
    private final Token token = mint();

    private Token mint() {
        return codec.mintAccess(SESSION, Instant.now().plusSeconds(60));
    }

    private AccessTokenAuthenticator authenticator(TokenCodec used) {
        return new AccessTokenAuthenticator(
                used,
                cache,
                tokens,
                ledger,
                new NoTransactions(),
                Clock.systemUTC(),
                new FallbackSettings(2, 2, Duration.ofSeconds(5)),
                (digest, sessionId, userId, tenantId, ip) ->
                        recorded.add(digest + " " + sessionId + " " + userId + " " + ip));
    }

    private Mono<Identity> authenticate() {
        return authenticator.authenticate(token.value(), () -> IP);
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
        Token expired = codec.mintAccess(SESSION, Instant.now().minusMillis(1));
        Token refresh = codec.mintRefresh(SESSION, 1, Instant.now().plusSeconds(60));

        assertRefused(authenticator.authenticate("pca_nonsense", () -> IP), ErrorCode.ACCESS_TOKEN_INVALID);
        assertRefused(authenticator.authenticate(refresh.value(), () -> IP), ErrorCode.ACCESS_TOKEN_INVALID);
        assertRefused(authenticator.authenticate(expired.value(), () -> IP), ErrorCode.ACCESS_TOKEN_EXPIRED);
        assertThat(cache.finds).isZero();
        assertThat(tokens.requested).isEmpty();
    }

    @Test
    void authenticateWhenImportedThenCheckedByItsDigest() {
        String text = "0123456789abcdef0123456789abcdef";
        var importing = authenticator(new TokenCodec(
                LiveKeyRing.fixed(KeyRing.of(List.of(KeyRing.newSecret(random)))),
                Clock.systemUTC(),
                random,
                Instant.now().plusSeconds(60)));
        tokens.results.add(Mono.just(ALICE));
        tokens.results.add(Mono.empty());
        tokens.results.add(Mono.error(PortcullisException.of(ErrorCode.UNAVAILABLE)));

        assertPasses(importing.authenticate(text, () -> IP));
        assertThat(tokens.requested).containsExactly(TokenDigest.of(text));
        cache.entries.put(TokenDigest.of(text), new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.LOGOUT)));
        assertRefused(importing.authenticate(text, () -> IP), ErrorCode.SESSION_LOGGED_OUT);
        cache.failing = true;
        assertRefused(importing.authenticate(text, () -> IP), ErrorCode.ACCESS_TOKEN_INVALID);
        assertRefused(importing.authenticate(text, () -> IP), ErrorCode.UNAVAILABLE);
        int asked = tokens.requested.size();
        assertRefused(authenticator.authenticate(text, () -> IP), ErrorCode.ACCESS_TOKEN_INVALID);
        assertThat(tokens.requested).as("off: no store is asked").hasSize(asked);
    }

    @Test
    void authenticateWhenTheKeyIsUnknownThenTheStoresDecideOnlyIfAnotherNodeHasIt() {
        KeyId other = Objects.requireNonNull(token.keyId());
        var live = LiveKeyRing.of(
                KeyRing.of(List.of(KeyRing.newSecret(random)), Set.of(), Set.of(other)),
                Duration.ofNanos(1),
                System::nanoTime);
        var node = authenticator(new TokenCodec(live, Clock.systemUTC(), random, null));
        tokens.results.add(Mono.just(ALICE));

        assertPasses(node.authenticate(token.value(), () -> IP));
        int finds = cache.finds;
        live.use(KeyRing.of(List.of(KeyRing.newSecret(random)), Set.of(), Set.of()));
        assertRefused(node.authenticate(token.value(), () -> IP), ErrorCode.UNAVAILABLE);
        live.use(KeyRing.of(List.of(KeyRing.newSecret(random)), Set.of(other), Set.of(other)));
        assertRefused(node.authenticate(token.value(), () -> IP), ErrorCode.ACCESS_TOKEN_INVALID);
        assertThat(cache.finds).isEqualTo(finds);
    }

    @Test
    void authenticateWhenLiveInStoreThenNoRegistryIsAsked() {
        cache.entries.put(token.digest(), new AccessTokenEntry.Live(ALICE));

        assertPasses(authenticate());
        assertThat(tokens.requested).isEmpty();
    }

    @Test
    void authenticateWhenTombstoneThenItsReason() {
        cache.entries.put(token.digest(), new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.KICKED)));

        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
        assertThat(recorded).isEmpty();
    }

    @Test
    void authenticateWhenItPassesByAnyStoreThenTheUseIsRecorded() {
        tokens.results.add(Mono.just(ALICE));
        tokens.results.add(Mono.just(ALICE));

        assertPasses(authenticate());
        assertPasses(authenticate());
        cache.failing = true;
        assertPasses(authenticate());

        assertThat(recorded)
                .hasSize(3)
                .containsOnly(token.digest() + " " + ALICE.sessionId() + " " + ALICE.userId() + " " + IP);
    }

    @Test
    void countersWhenAnyStoreRefusesThenEachRefusalOnceAndNoFailure() {
        assertRefused(authenticator.authenticate("pca_nonsense", () -> IP), ErrorCode.ACCESS_TOKEN_INVALID);
        tokens.results.add(Mono.empty());
        assertRefused(authenticate(), ErrorCode.ACCESS_TOKEN_INVALID);
        cache.failing = true;
        tokens.results.add(Mono.empty());
        assertRefused(authenticate(), ErrorCode.ACCESS_TOKEN_INVALID);
        tokens.results.add(Mono.error(new IllegalStateException("no answer")));
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);
        cache.failing = false;
        cache.entries.put(token.digest(), new AccessTokenEntry.Tombstone(RevocationReason.of(EndReason.KICKED)));
        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
        cache.entries.put(token.digest(), new AccessTokenEntry.Live(ALICE));
        assertPasses(authenticate());

        assertThat(authenticator.counters().refused()).isEqualTo(4);
        assertThat(authenticator.counters().all()).isEqualTo(6);
    }

    @Test
    void authenticateWhenAbsentThenFilledFromRegistry() {
        tokens.results.add(Mono.just(ALICE));

        assertPasses(authenticate());
        assertPasses(authenticate());
        assertThat(tokens.requested).hasSize(1);
    }

    @Test
    void authenticateWhenUnknownEverywhereThenInvalidAndNothingIsKept() {
        tokens.results.add(Mono.empty());
        tokens.results.add(Mono.just(ALICE));

        assertRefused(authenticate(), ErrorCode.ACCESS_TOKEN_INVALID);
        assertPasses(authenticate());
    }

    @Test
    void authenticateWhenRedisLostATombstoneThenTheLedgerRestoresIt() {
        tokens.results.add(Mono.empty());
        ledger.reasons.put(token.digest(), RevocationReason.of(EndReason.KICKED));

        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
        assertThat(tokens.requested).hasSize(1);
    }

    @Test
    void authenticateWhenTheTombstoneTakesForEverThenItsReasonAllTheSame() {
        cache.tombstones = Mono.never();
        tokens.results.add(Mono.empty());
        ledger.reasons.put(token.digest(), RevocationReason.of(EndReason.KICKED));

        assertRefused(authenticate(), ErrorCode.SESSION_KICKED);
    }

    @Test
    void authenticateWhenRevokedAndStoreFailsThenTheLedgersReason() {
        cache.failing = true;
        tokens.results.add(Mono.empty());
        ledger.reasons.put(token.digest(), RevocationReason.of(EndReason.LOGOUT));

        assertRefused(authenticate(), ErrorCode.SESSION_LOGGED_OUT);
    }

    @Test
    void authenticateWhenStoreFailsAtTheFillThenPassesAllTheSame() {
        tokens.results.add(Mono.fromSupplier(() -> {
            cache.failing = true;
            return ALICE;
        }));

        assertPasses(authenticate());
        assertThat(tokens.requested).hasSize(1);
    }

    @Test
    void authenticateWhenStoreFailsThenRegistryAnswersWithoutFill() {
        cache.failing = true;
        tokens.results.add(Mono.just(ALICE));
        tokens.results.add(Mono.empty());

        assertPasses(authenticate());
        assertRefused(authenticate(), ErrorCode.ACCESS_TOKEN_INVALID);
        assertThat(cache.entries).isEmpty();
    }

    @Test
    void authenticateWhenRegistryFailsThenUnavailable() {
        tokens.results.add(Mono.error(PortcullisException.storeUnavailable("MySQL", null)));
        tokens.results.add(Mono.error(new IllegalStateException("a bug")));
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);

        cache.failing = true;
        assertRefused(authenticate(), ErrorCode.UNAVAILABLE);
    }
}
