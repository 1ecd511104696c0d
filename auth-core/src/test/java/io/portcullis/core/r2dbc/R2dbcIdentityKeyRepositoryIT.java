package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.identity.IdentityKeys;
import io.portcullis.core.identity.IdentityTokenSettings;
import io.portcullis.core.identity.IdentityTokens;
import io.portcullis.core.identity.SecurityEvent;
import io.portcullis.core.identity.SecurityEventTokens;
import io.portcullis.core.identity.StoredIdentityKey;
import io.portcullis.core.token.store.Identity;
import io.portcullis.testbed.Await;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests the keys of several nodes on one database. */
@Timeout(180)
class R2dbcIdentityKeyRepositoryIT {
    private static final Identity CALLER = new Identity("1", "alice", "user", "t1", Set.of("b", "a"), "session");

    /** Less than the time for which a token is reused. */
    private static final Duration IN_TIME = Duration.ofSeconds(15);

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcIdentityKeyRepository repository = new R2dbcIdentityKeyRepository(store.client);
    private final List<IdentityKeys> nodes =
            Stream.generate(this::node).limit(4).toList();

    private IdentityKeys node() {
        return new IdentityKeys(
                repository,
                new R2dbcLeaseRepository(store.client, store.transactions),
                store.transactions,
                new R2dbcDatabaseClock(store.client, CurrentTimeSql.SERVER),
                Duration.ofDays(30),
                () -> UUID.randomUUID().toString(),
                Clock.systemUTC());
    }

    @BeforeEach
    void empty() {
        store.execute("DELETE FROM identity_key");
        store.execute("UPDATE lease SET expires_at = '2020-01-01'");
    }

    @AfterEach
    void close() {
        nodes.forEach(IdentityKeys::close);
    }

    private void startAll() {
        run(Flux.fromIterable(nodes).flatMap(IdentityKeys::start).then());
    }

    private List<StoredIdentityKey> stored() {
        return await(repository.findAll().collectList());
    }

    private static List<String> published(IdentityKeys node) throws ParseException {
        return JWKSet.parse(node.publicKeys()).getKeys().stream()
                .map(JWK::getKeyID)
                .toList();
    }

    private String signerOf(IdentityKeys node) throws Exception {
        try (var tokens = new IdentityTokens(node, new IdentityTokenSettings("i", 100), Clock.systemUTC())) {
            run(tokens.start());
            return token(tokens).getHeader().getKeyID();
        }
    }

    private static SignedJWT token(IdentityTokens tokens)
            throws ExecutionException, InterruptedException, TimeoutException, ParseException {
        return SignedJWT.parse(tokens.token(CALLER, "orders").get(20, TimeUnit.SECONDS));
    }

    @Test
    void startWhenNodesRaceThenAllHaveTheSameKey() throws Exception {
        startAll();

        assertThat(stored()).hasSize(1);
        for (IdentityKeys node : nodes) {
            assertThat(published(node)).containsExactly(stored().get(0).id());
            assertThat(signerOf(node)).isEqualTo(stored().get(0).id());
            assertThat(node.publicKeys()).doesNotContain("\"d\"");
        }
    }

    @Test
    void startWhenTheLeaseIsHeldByACrashedNodeThenAsSoonAsItExpires() {
        store.execute("UPDATE lease SET holder = 'crashed', expires_at = UTC_TIMESTAMP(3) + INTERVAL 1 SECOND");

        startAll();

        assertThat(stored()).hasSize(1);
    }

    @Test
    void rotationWhenDueThenOneNodeAddsTheNextKeyAndAllUseItFromItsTime() throws Exception {
        startAll();
        String first = stored().get(0).id();
        store.execute("UPDATE identity_key SET signs_from = signs_from - INTERVAL 30 DAY + INTERVAL 50 MINUTE");

        Await.until("all nodes publish both keys", () -> nodes.stream().allMatch(this::publishesTwo));
        assertThat(stored()).hasSize(2).element(0).returns(first, StoredIdentityKey::id);
        String second = stored().get(1).id();
        assertThat(store.count("SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(3), MAX(signs_from)) FROM identity_key"))
                .isBetween(50L, 60L);
        assertThat(signerOf(nodes.get(0))).isEqualTo(first);

        store.execute("UPDATE identity_key SET signs_from = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = '" + second
                + "'");
        for (IdentityKeys node : nodes) {
            Await.until("the second key signs", () -> signerOf(node).equals(second));
        }
        assertThat(published(nodes.get(0))).containsExactly(first, second);

        store.execute("UPDATE identity_key SET signs_from = signs_from - INTERVAL 2 HOUR WHERE id = '" + second + "'");
        Await.until("the first key is removed", () -> published(nodes.get(3)).equals(List.of(second)));
    }

    private boolean publishesTwo(IdentityKeys node) {
        try {
            return published(node).size() == 2;
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an operator does after a key was stolen. */
    @Test
    void keysWhenAllRowsAreDeletedThenANewOneSignsAtOnceAndNeverNone() throws Exception {
        startAll();
        String first = stored().get(0).id();
        IdentityKeys node = nodes.get(1);
        try (var tokens = new IdentityTokens(node, new IdentityTokenSettings("i", 100), Clock.systemUTC())) {
            run(tokens.start());
            assertThat(token(tokens).getHeader().getKeyID()).isEqualTo(first);
            store.execute("DELETE FROM identity_key");

            // No token of the deleted key is used again, although it would be young enough for longer.
            Await.until("a new key signs", IN_TIME, () -> {
                assertThat(published(node)).isNotEmpty();
                return !token(tokens).getHeader().getKeyID().equals(first);
            });
        }
        assertThat(stored()).hasSize(1);
    }

    @Test
    void securityEventWhenTheKeyIsRotatedThenThePublishedKeysVerifyTheTokensOfBoth() throws Exception {
        IdentityKeys node = nodes.get(0);
        var tokens = new SecurityEventTokens(node, "i", Clock.systemUTC());
        assertThatExceptionOfType(PortcullisException.class)
                .isThrownBy(() -> securityEvent(tokens))
                .returns(ErrorCode.UNAVAILABLE, PortcullisException::code);
        run(tokens.start());
        SignedJWT before = securityEvent(tokens);
        store.execute("UPDATE identity_key SET signs_from = signs_from - INTERVAL 30 DAY + INTERVAL 50 MINUTE");
        Await.until("the node publishes both keys", () -> publishesTwo(node));
        store.execute("UPDATE identity_key SET signs_from = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND"
                + " WHERE signs_from > UTC_TIMESTAMP(3)");

        Await.until(
                "the second key signs",
                () -> !securityEvent(tokens)
                        .getHeader()
                        .getKeyID()
                        .equals(before.getHeader().getKeyID()));
        JWKSet keys = JWKSet.parse(node.publicKeys());
        for (SignedJWT token : List.of(before, securityEvent(tokens))) {
            JWK key = keys.getKeyByKeyId(token.getHeader().getKeyID());
            assertThat(token.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
        }
    }

    private static SignedJWT securityEvent(SecurityEventTokens tokens) throws ParseException {
        var event = new SecurityEvent("id", "receiver", Map.of("format", "opaque", "id", "s"), "type:a", Map.of());
        return SignedJWT.parse(await(tokens.sign(event)));
    }

    @Test
    void tokenWhenManyWantTheSameThenSignedOnce() throws Exception {
        try (var tokens = new IdentityTokens(nodes.get(0), new IdentityTokenSettings("i", 100), Clock.systemUTC())) {
            run(tokens.start());

            var all = Stream.generate(() -> tokens.token(CALLER, "orders"))
                    .limit(50)
                    .toList();

            for (var each : all) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(all.get(0).get());
            }
            assertThat(tokens.signed()).isEqualTo(1);
            assertThat(token(tokens).getJWTClaimsSet().toJSONObject())
                    .containsEntry("tenant", "t1")
                    .containsEntry("roles", List.of("a", "b"));
        }
    }

    @Test
    void tokenWhenTheNodeHasNoKeyThenUnavailableAndNotRemembered() throws Exception {
        try (var tokens = new IdentityTokens(nodes.get(0), new IdentityTokenSettings("i", 100), Clock.systemUTC())) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> token(tokens))
                    .havingCause()
                    .asInstanceOf(InstanceOfAssertFactories.type(PortcullisException.class))
                    .returns(ErrorCode.UNAVAILABLE, PortcullisException::code);
            assertThat(tokens.refused()).isEqualTo(1);

            run(tokens.start());

            assertThat(token(tokens).getHeader().getKeyID())
                    .isEqualTo(stored().get(0).id());
        }
    }

    @Test
    void tokenWhenOneUserHasThousandsOfSessionsThenAnotherUserIsServed() throws Exception {
        try (var tokens = new IdentityTokens(nodes.get(0), new IdentityTokenSettings("i", 100), Clock.systemUTC())) {
            run(tokens.start());
            var flood = IntStream.range(0, 20_000)
                    .mapToObj(
                            i -> tokens.token(new Identity("2", "mallory", "user", null, Set.of(), "s" + i), "orders"))
                    .toList();

            assertThat(token(tokens).getJWTClaimsSet().getSubject()).isEqualTo("1");
            run(Flux.fromIterable(flood)
                    .flatMap(each ->
                            Mono.fromFuture(each).onErrorResume(PortcullisException.class, full -> Mono.empty()))
                    .then());
            assertThat(tokens.refused()).isPositive();
            assertThat(tokens.signed() + tokens.refused()).isEqualTo(20_001);
        }
    }
}
