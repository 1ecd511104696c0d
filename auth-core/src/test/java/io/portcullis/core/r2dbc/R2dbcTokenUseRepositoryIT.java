package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Sessions.aSession;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.core.token.use.SessionSighting;
import io.portcullis.core.token.use.TokenUse;
import io.portcullis.core.token.use.TokenUseFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

@Timeout(120)
class R2dbcTokenUseRepositoryIT {
    private static final Instant NOON = Instant.parse("2026-11-18T12:00:00.000Z");
    private static final String IP = "198.51.100.7";

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcTokenUseRepository uses = new R2dbcTokenUseRepository(store.client);
    private final R2dbcSessionRepository sessions = new R2dbcSessionRepository(store.client);
    private final String session = UUID.randomUUID().toString();

    @BeforeEach
    void empty() {
        store.execute("DELETE FROM token_use");
        store.execute("DELETE FROM auth_session");
    }

    private static String digest(int number) {
        return "%064x".formatted(number);
    }

    private TokenUse use(int token, String ip, Instant first, Instant last) {
        return new TokenUse(digest(token), session, "u", ip, first.getEpochSecond() / 3600, first, last);
    }

    private void save(TokenUse... all) {
        run(store.transactions.execute(uses.save(List.of(all))));
    }

    private List<TokenUse> page(TokenUseFilter filter) {
        return await(uses.page(filter, new PageRequest(1, 100))).list();
    }

    private static TokenUseFilter between(@Nullable Instant from, @Nullable Instant to) {
        return new TokenUseFilter(TenantScope.ALL, null, null, null, null, from, to);
    }

    private static TokenUseFilter everything() {
        return between(null, null);
    }

    @Test
    void saveWhenTwoNodesWriteInAnyOrderThenTheRowHasTheFirstAndTheLastTime() {
        TokenUse late = use(1, IP, NOON.plusSeconds(9), NOON.plusSeconds(11));
        TokenUse early = use(1, IP, NOON, NOON.plusSeconds(2));

        save(late);
        save(early);
        save(late);

        assertThat(page(everything())).containsExactly(use(1, IP, NOON, NOON.plusSeconds(11)));
    }

    @Test
    void pageWhenTheScopeIsOneTenantThenItsUsesAlone() {
        TokenUse ofOne = inTenant(use(1, IP, NOON, NOON), "one");
        TokenUse ofTwo = inTenant(use(2, IP, NOON, NOON.plusSeconds(1)), "two");
        TokenUse ofNone = use(3, IP, NOON, NOON.plusSeconds(2));
        save(ofOne, ofTwo, ofNone);
        TenantScope one = TenantScope.of("one", Set.of());

        assertThat(page(everything())).containsExactly(ofNone, ofTwo, ofOne);
        assertThat(page(ofTenant(one))).containsExactly(ofOne);
        assertThat(page(ofTenant(TenantScope.ALL.within("two")))).containsExactly(ofTwo);
        assertThat(page(ofTenant(one.within("two")))).isEmpty();
    }

    private static TokenUseFilter ofTenant(TenantScope tenants) {
        return new TokenUseFilter(tenants, null, null, null, null, null, null);
    }

    private static TokenUse inTenant(TokenUse use, String tenantId) {
        return new TokenUse(
                use.digest(),
                use.sessionId(),
                use.userId(),
                use.ip(),
                use.hour(),
                use.firstSeenAt(),
                use.lastSeenAt(),
                tenantId);
    }

    @Test
    void saveWhenManyNodesWriteTheSameRowsThenAllAreWritten() {
        List<TokenUse> rows = new ArrayList<>();
        for (int token = 0; token < 200; token++) {
            rows.add(use(token, IP, NOON, NOON.plusSeconds(token)));
        }

        run(Flux.range(0, 20)
                .flatMap(node -> store.transactions.execute(uses.save(rows)), 8)
                .then());

        assertThat(store.count("SELECT COUNT(*) FROM token_use")).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"-121,false", "-120,true", "0,true", "3,true", "4,false"})
    void pageWhenAskedForATimeThenTheRowsThatOverlapIt(int second, boolean found) {
        save(use(1, IP, NOON.minusSeconds(120), NOON.plusSeconds(3)));

        assertThat(page(between(NOON.plusSeconds(second), NOON.plusSeconds(second))))
                .hasSize(found ? 1 : 0);
        assertThat(page(between(NOON.minus(Duration.ofDays(1)), NOON.plus(Duration.ofDays(1)))))
                .hasSize(1);
    }

    @Test
    void pageWhenARowIsAnHourLongThenItsBeginningIsFound() {
        Instant end = NOON.plus(Duration.ofHours(1)).minusMillis(1);
        save(use(1, IP, NOON, end));

        assertThat(page(between(NOON, NOON))).hasSize(1);
        assertThat(page(between(end, end))).hasSize(1);
    }

    @Test
    void pageWhenFilteredThenOnlyWhatFitsAndTheLatestFirst() {
        save(
                use(1, IP, NOON, NOON.plusSeconds(1)),
                use(2, IP, NOON, NOON.plusSeconds(2)),
                use(2, "198.51.100.70", NOON, NOON));

        assertThat(page(everything()))
                .extracting(TokenUse::lastSeenAt)
                .containsExactly(NOON.plusSeconds(2), NOON.plusSeconds(1), NOON);
        assertThat(page(new TokenUseFilter(TenantScope.ALL, null, null, null, IP, null, null)))
                .hasSize(2);
        assertThat(page(new TokenUseFilter(TenantScope.ALL, null, session, "u", null, null, null)))
                .hasSize(3);
        assertThat(page(new TokenUseFilter(TenantScope.ALL, digest(2), null, null, null, null, null)))
                .hasSize(2);
        assertThat(page(new TokenUseFilter(TenantScope.ALL, null, null, "x'--", null, null, null)))
                .isEmpty();
        assertThat(page(new TokenUseFilter(TenantScope.ALL, null, "日本", null, null, null, null)))
                .isEmpty();
        assertThat(page(between(NOON, Instant.parse("9999-12-31T23:59:59.999Z"))))
                .hasSize(3);
    }

    /** The columns of the key differ in turn, so that a page ends between rows that differ in any of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 20})
    void nextWhenManyRowsHaveOneTimeThenEachRowOnce(int pageSize) {
        Instant hourBefore = NOON.minus(Duration.ofHours(1));
        List<TokenUse> rows = new ArrayList<>();
        for (int token = 0; token < 4; token++) {
            for (String ip : List.of("198.51.100.7", "198.51.100.70", "2001:db8:0:0:0:0:0:1")) {
                rows.add(use(token, ip, hourBefore, NOON));
                rows.add(use(token, ip, NOON, NOON));
            }
        }
        rows.add(use(9, IP, NOON, NOON.plusMillis(1)));
        rows.add(use(0, IP, hourBefore.minusMillis(1), NOON.minusMillis(1)));
        save(rows.toArray(TokenUse[]::new));

        for (var filter :
                List.of(everything(), new TokenUseFilter(TenantScope.ALL, null, session, null, null, null, null))) {
            List<TokenUse> listed = new ArrayList<>();
            Page<TokenUse> page = await(uses.page(filter, new PageRequest(1, pageSize)));
            listed.addAll(page.list());
            while (page.next() != null) {
                page = await(uses.page(filter, new PageRequest(1, pageSize, page.next())));
                listed.addAll(page.list());
            }

            assertThat(listed)
                    .containsExactlyInAnyOrderElementsOf(rows)
                    .isSortedAccordingTo(
                            Comparator.comparing(TokenUse::lastSeenAt).reversed());
        }
    }

    @Test
    void findFullWhenASessionHasTheLimitThenThatOneAndItsKeys() {
        String other = UUID.randomUUID().toString();
        TokenUse old = use(3, IP, NOON.minusSeconds(1), NOON.minusSeconds(1));
        save(use(1, IP, NOON, NOON), use(2, IP, NOON, NOON), old);
        save(new TokenUse(digest(9), other, "u", IP, 1, NOON, NOON));

        assertThat(await(uses.findFull(Set.of(session, other), NOON, 2))).containsExactly(session);
        assertThat(await(uses.findFull(Set.of(session, other), NOON, 3))).isEmpty();
        assertThat(await(uses.findKeys(Set.of(session), NOON)))
                .extracting(TokenUse.Key::digest)
                .containsExactlyInAnyOrder(digest(1), digest(2));
    }

    private String insertSession() {
        String id = UUID.randomUUID().toString();
        run(sessions.insert(aSession(id, "u", NOON, NOON.plus(Duration.ofDays(90)))));
        return id;
    }

    private Set<String> update(String... ids) {
        List<SessionSighting> sightings = Arrays.stream(ids)
                .map(id -> new SessionSighting(id, NOON.plusSeconds(7), IP))
                .toList();
        return await(store.transactions.execute(uses.updateSessions(sightings)));
    }

    private Session find(String id) {
        return await(sessions.findById(id));
    }

    @Test
    void updateSessionsWhenLiveThenSeenAndWhenLaterKnownThenUnchanged() {
        String seen = insertSession();
        String newer = insertSession();
        run(sessions.touch(newer, NOON.plusSeconds(8), "203.0.113.9", "a", Set.of(), "member"));

        assertThat(update(seen, newer, UUID.randomUUID().toString())).isEmpty();

        assertThat(find(seen).lastSeenAt()).isEqualTo(NOON.plusSeconds(7));
        assertThat(find(seen).lastIp()).isEqualTo(IP);
        assertThat(find(newer).lastSeenAt()).isEqualTo(NOON.plusSeconds(8));
        assertThat(find(newer).lastIp()).isEqualTo("203.0.113.9");
    }

    @Test
    void updateSessionsWhenEndedThenItStaysAsItWas() {
        String ended = insertSession();
        run(sessions.end(ended, NOON.plusSeconds(1), EndReason.LOGOUT));
        Session before = find(ended);

        assertThat(update(ended)).isEmpty();

        assertThat(find(ended)).isEqualTo(before);
    }

    @Test
    void updateSessionsWhenALogoutHasTheRowThenItDoesNotWaitAndSaysSo() {
        String busy = insertSession();
        String free = insertSession();
        Sinks.Empty<Void> locked = Sinks.empty();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> logout = store.transactions
                .execute(sessions.findByIdForUpdate(busy)
                        .doOnNext(found -> locked.tryEmitEmpty())
                        .then(end.asMono()))
                .toFuture();
        run(locked.asMono());

        assertThat(update(busy, free)).containsExactly(busy);

        assertThat(logout).isNotDone();
        assertThat(find(free).lastIp()).isEqualTo(IP);
        end.tryEmitEmpty();
        logout.join();
        assertThat(update(busy)).isEmpty();
        assertThat(find(busy).lastIp()).isEqualTo(IP);
    }
}
