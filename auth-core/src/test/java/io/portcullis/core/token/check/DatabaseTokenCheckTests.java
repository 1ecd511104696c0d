package io.portcullis.core.token.check;

import static io.portcullis.core.mother.Identities.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.store.Identity;
import io.portcullis.testbed.Await;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Verifies which callers share a look-up, wait for a permit, or are refused. */
class DatabaseTokenCheckTests {
    private static final String SESSION = "0199a3f0-1c2d-7e4f-8a5b-6c7d8e9f0a1b";
    private static final Duration LONG = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final SecureRandom random = new SecureRandom();
    private final TokenCodec codec =
            new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(random))), Clock.systemUTC(), random);
    private final ScriptedTokenRepository tokens = new ScriptedTokenRepository();
    private final Token token = mint();
    private final List<Identity> passed = new ArrayList<>();
    private final List<Throwable> refused = new CopyOnWriteArrayList<>();

    private Token mint() {
        return codec.mintAccess(SESSION, Instant.now().plusSeconds(60));
    }

    /** Creates a check with two concurrent and two waiting look-ups. */
    private DatabaseTokenCheck fallback(Duration deadline) {
        return new DatabaseTokenCheck(
                new InMemoryAccessTokenCache(),
                tokens,
                new InMemoryRevocationLedger(),
                new NoTransactions(),
                Clock.systemUTC(),
                new FallbackSettings(2, 2, deadline),
                LatencyRecorder.NONE);
    }

    private static @Nullable ErrorCode refusal(CompletableFuture<Identity> result) {
        Throwable failure = result.handle((identity, error) -> error).join();
        return failure instanceof PortcullisException known ? known.code() : null;
    }

    @Test
    void fillWhenManyMissAtOnceThenTwoQueriesAndCancellationIsOnesOwn() {
        DatabaseTokenCheck fallback = fallback(LONG);
        Sinks.One<Identity> answer = Sinks.one();
        tokens.results.add(answer.asMono());
        tokens.results.add(Mono.just(ALICE));

        var first = fallback.fill(token).subscribe(passed::add);
        IntStream.range(0, 9).forEach(i -> fallback.fill(token).subscribe(passed::add));
        first.dispose();
        answer.tryEmitValue(ALICE).orThrow();

        assertThat(passed).hasSize(9);
        assertThat(tokens.requested)
                .as("one that had begun, one for all who came later")
                .hasSize(2);
    }

    @Test
    void fillWhenFailureIsSharedThenNotKept() throws Exception {
        DatabaseTokenCheck fallback = fallback(LONG);
        Sinks.One<Identity> answer = Sinks.one();
        tokens.results.add(answer.asMono());
        tokens.results.add(Mono.just(ALICE));

        IntStream.range(0, 3).forEach(i -> fallback.fill(token).subscribe(passed::add, refused::add));
        answer.tryEmitError(PortcullisException.storeUnavailable("MySQL", null)).orThrow();

        Await.until("all three are refused", () -> refused.size() == 3);
        assertThat(fallback.fill(token).toFuture().join()).isEqualTo(ALICE);
    }

    @Test
    void readWhenRegistryKeepsFailingThenItIsLeftAloneForAWhile() {
        DatabaseTokenCheck fallback = fallback(LONG);
        IntStream.range(0, 10)
                .forEach(i -> tokens.results.add(Mono.error(PortcullisException.storeUnavailable("MySQL", null))));

        IntStream.range(0, 11)
                .forEach(i ->
                        assertThat(refusal(fallback.read(token).toFuture())).isEqualTo(ErrorCode.UNAVAILABLE));

        assertThat(tokens.requested).hasSize(10);
    }

    @Test
    void readWhenAQueryIsUnderWayThenTheNextQueryIsShared() {
        DatabaseTokenCheck fallback = fallback(LONG);
        Sinks.One<Identity> beforeLogout = Sinks.one();
        tokens.results.add(beforeLogout.asMono());
        tokens.results.add(Mono.empty());

        fallback.read(token).subscribe(passed::add, refused::add);
        // A logout commits here. Later callers must not receive the result of the earlier read.
        IntStream.range(0, 5).forEach(i -> fallback.read(token).subscribe(passed::add, refused::add));
        beforeLogout.tryEmitValue(ALICE).orThrow();

        assertThat(passed).hasSize(1);
        assertThat(refused).hasSize(5);
        assertThat(tokens.requested).hasSize(2);
    }

    @Test
    void fillWhenTooManyFallBackThenUnavailableAtOnce() {
        DatabaseTokenCheck fallback = fallback(LONG);
        Sinks.One<Identity> answer = Sinks.one();
        IntStream.range(0, 4).forEach(i -> tokens.results.add(answer.asMono()));

        IntStream.range(0, 4).forEach(i -> fallback.fill(mint()).subscribe(passed::add));
        assertThat(tokens.requested).hasSize(2);
        assertThat(refusal(fallback.fill(token).toFuture())).isEqualTo(ErrorCode.UNAVAILABLE);
        answer.tryEmitValue(ALICE).orThrow();

        assertThat(passed).hasSize(4);
    }

    @Test
    void readWhenHangingLookUpsHoldAllPermitsThenUnavailableAtOnce() {
        DatabaseTokenCheck fallback = fallback(SHORT);
        Sinks.One<Identity> late = Sinks.one();
        tokens.results.addAll(List.of(late.asMono(), Mono.never(), Mono.just(ALICE)));
        List<CompletableFuture<Identity>> hanging = Stream.of(mint(), mint())
                .map(each -> fallback.read(each).toFuture())
                .toList();
        hanging.forEach(each -> assertThat(refusal(each)).isEqualTo(ErrorCode.UNAVAILABLE));

        CompletableFuture<Identity> next = fallback.read(token).toFuture();
        assertThat(next).as("no waiting for a turn").isCompletedExceptionally();
        assertThat(tokens.requested).hasSize(2);

        late.tryEmitValue(ALICE).orThrow();
        assertThat(fallback.read(token).toFuture().join()).isEqualTo(ALICE);
    }
}
