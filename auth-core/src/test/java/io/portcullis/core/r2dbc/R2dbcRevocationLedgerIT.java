package io.portcullis.core.r2dbc;

import static io.portcullis.core.mother.Tokens.aDigest;
import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.LedgerBacklog;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

@Timeout(180)
class R2dbcRevocationLedgerIT {
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcRevocationLedger ledger =
            new R2dbcRevocationLedger(store.client, () -> "TIMESTAMP'2026-11-23 10:15:30.123'");

    @BeforeEach
    void empty() {
        store.execute("DELETE FROM revoked_token");
    }

    private static RevokedToken entry(Duration age, Duration left) {
        return new RevokedToken(aDigest(), RevocationReason.of(EndReason.LOGOUT), NOW.plus(left), NOW.minus(age));
    }

    private static RevokedToken insert(RevokedToken entry) {
        store.execute("INSERT INTO revoked_token (digest, expires_at, reason, revoked_at) VALUES ('" + entry.digest()
                + "', '" + ColumnValues.utc(entry.expiresAt()) + "', '" + entry.reason() + "', '"
                + ColumnValues.utc(entry.revokedAt()) + "')");
        return entry;
    }

    private static List<RevokedToken> list(Flux<RevokedToken> entries) {
        return await(entries.collectList());
    }

    @Test
    void findUnappliedWhenSomeAreMarkedOrExpiredThenTheOthersOnly() {
        RevokedToken applied = insert(entry(Duration.ZERO, Duration.ofMinutes(5)));
        RevokedToken open = insert(entry(Duration.ofHours(1), Duration.ofMinutes(5)));
        insert(entry(Duration.ofHours(1), Duration.ofMinutes(-1)));
        RevokedToken withinSkew = insert(entry(Duration.ofHours(1), Duration.ofSeconds(-59)));
        run(store.transactions.execute(ledger.markApplied(List.of(applied), NOW)));
        run(store.transactions.execute(ledger.markApplied(List.of(), NOW)));

        assertThat(list(ledger.findUnapplied(NOW, 10))).containsExactlyInAnyOrder(open, withinSkew);
        assertThat(list(ledger.findUnapplied(NOW, 1))).hasSize(1);
    }

    @Test
    void backlogWhenSomeAreUnappliedThenTheirNumberAndTheAgeOfTheOldest() {
        assertThat(await(ledger.backlog(NOW, 10))).isEqualTo(new LedgerBacklog(0, Duration.ZERO));
        RevokedToken applied = insert(entry(Duration.ofHours(2), Duration.ofMinutes(5)));
        run(store.transactions.execute(ledger.markApplied(List.of(applied), NOW)));
        insert(entry(Duration.ofSeconds(90), Duration.ofMinutes(5)));
        insert(entry(Duration.ofSeconds(10), Duration.ofMinutes(10)));
        insert(entry(Duration.ofHours(3), Duration.ofMinutes(-2)));

        assertThat(await(ledger.backlog(NOW, 10))).isEqualTo(new LedgerBacklog(2, Duration.ofSeconds(90)));
        assertThat(await(ledger.backlog(NOW, 1)).entries()).isEqualTo(1);
    }

    @Test
    void findRevokedWithinWhenAppliedOrNotThenLatestFirst() {
        RevokedToken old = insert(entry(Duration.ofSeconds(10), Duration.ofMinutes(5)));
        RevokedToken late = insert(entry(Duration.ofSeconds(1), Duration.ofMinutes(5)));
        insert(entry(Duration.ofSeconds(11), Duration.ofMinutes(5)));
        run(store.transactions.execute(ledger.markApplied(List.of(late), NOW)));

        assertThat(list(ledger.findRevokedWithin(Duration.ofSeconds(10), NOW, 10)))
                .containsExactly(late, old);
    }

    @Test
    void findRevokedWithinWhenTheNodesClockIsAMinuteOffThenTheSame() {
        RevokedToken late = insert(entry(Duration.ofSeconds(1), Duration.ofMinutes(5)));
        Duration age = Duration.ofSeconds(10);

        assertThat(list(ledger.findRevokedWithin(age, NOW.plusSeconds(60), 10))).containsExactly(late);
        assertThat(list(ledger.findRevokedWithin(age, NOW.minusSeconds(60), 10)))
                .containsExactly(late);
    }

    @Test
    void findUnexpiredWhenPagedThenEachOnceAlsoThoseOfOneMillisecond() {
        List<RevokedToken> all = IntStream.range(0, 25)
                .mapToObj(i -> insert(entry(Duration.ofSeconds(i / 10), Duration.ofMinutes(5))))
                .toList();
        insert(entry(Duration.ZERO, Duration.ofMinutes(-2)));

        List<RevokedToken> seen = new ArrayList<>(list(ledger.findUnexpired(NOW, null, 4)));
        for (int pages = 0; pages < 6; pages++) {
            seen.addAll(list(ledger.findUnexpired(NOW, seen.get(seen.size() - 1), 4)));
        }

        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
        assertThat(seen).extracting(RevokedToken::revokedAt).isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    /** Verifies that a superseded access token passes until the end of its grace window, which is the date of its entry. */
    @Test
    void findWhenAReplacedTokenIsWithinItsGraceThenNot() {
        insert(entry(Duration.ofMillis(-1), Duration.ofMinutes(5)));
        store.execute("UPDATE revoked_token SET reason = 'SUPERSEDED'");
        RevokedToken due = insert(entry(Duration.ZERO, Duration.ofMinutes(5)));

        assertThat(list(ledger.findUnapplied(NOW, 10))).containsExactly(due);
        assertThat(list(ledger.findRevokedWithin(Duration.ofSeconds(10), NOW, 10)))
                .containsExactly(due);
        assertThat(list(ledger.findUnexpired(NOW, null, 10))).containsExactly(due);
    }

    /**
     * Verifies that an entry dated in the future counts: another server of the cluster, whose clock is ahead, may have dated it.
     */
    @Test
    void findWhenAnEndIsDatedAheadThenAtOnce() {
        RevokedToken ahead = insert(entry(Duration.ofSeconds(-5), Duration.ofMinutes(5)));

        assertThat(list(ledger.findUnapplied(NOW, 10))).containsExactly(ahead);
        assertThat(list(ledger.findUnexpired(NOW, null, 10))).containsExactly(ahead);
    }

    @Test
    void findWhenTheReasonIsOfALaterReleaseThenDeadAllTheSame() {
        RevokedToken entry = insert(entry(Duration.ZERO, Duration.ofMinutes(5)));
        store.execute("UPDATE revoked_token SET reason = 'ABDUCTED'");

        assertThat(list(ledger.findUnapplied(NOW, 10))).containsExactly(entry);
        assertThat(await(ledger.findReason(entry.digest()))).isEqualTo(RevocationReason.of(EndReason.LOGOUT));
    }

    @Test
    void findReasonWhenKnownThenEmitsIt() {
        RevokedToken entry = insert(entry(Duration.ZERO, Duration.ofMinutes(5)));

        assertThat(await(ledger.findReason(entry.digest()))).isEqualTo(RevocationReason.of(EndReason.LOGOUT));
        assertThat(ledger.findReason("none").blockOptional()).isEmpty();
    }
}
