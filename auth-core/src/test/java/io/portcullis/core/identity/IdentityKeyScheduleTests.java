package io.portcullis.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityKeyScheduleTests {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private final IdentityKeySchedule schedule = new IdentityKeySchedule(DAY);

    private static StoredIdentityKey key(String id, Instant signsFrom) {
        return new StoredIdentityKey(id, "secret", signsFrom);
    }

    @Test
    void nextWhenThereIsNoKeyThenOneThatSignsAtOnce() {
        assertThat(schedule.findNext(List.of(), START)).isEqualTo(START);
    }

    @Test
    void nextWhenTheKeyHasTimeLeftThenNone() {
        Instant due = START.plus(DAY).minus(IdentityKeySchedule.OVERLAP);

        assertThat(schedule.findNext(List.of(key("a", START)), due.minusMillis(1)))
                .isNull();
        assertThat(schedule.findNext(List.of(key("a", START)), due)).isEqualTo(START.plus(DAY));
    }

    @Test
    void nextWhenTheRotationIsLateThenItIsPublishedForTheWholeOverlapAllTheSame() {
        Instant late = START.plus(Duration.ofDays(9));

        assertThat(schedule.findNext(List.of(key("a", START)), late)).isEqualTo(late.plus(IdentityKeySchedule.OVERLAP));
    }

    @Test
    void nextWhenTheNextKeyIsPublishedAlreadyThenNone() {
        var keys = List.of(key("a", START), key("b", START.plus(DAY)));

        assertThat(schedule.findNext(keys, START.plus(DAY).minusSeconds(1))).isNull();
    }

    @Test
    void expiredWhenTheSuccessorSignsThenOnlyAfterTheLastTokenHasExpired() {
        Instant second = START.plus(DAY);
        var keys = List.of(key("a", START), key("b", second));
        Instant lastTokenExpired = second.plus(IdentityTokens.LIFETIME);

        assertThat(schedule.findExpired(keys, lastTokenExpired.plusSeconds(60))).isEmpty();
        assertThat(schedule.findExpired(keys, second.plus(IdentityKeySchedule.RETENTION)))
                .isEmpty();
        assertThat(schedule.findExpired(
                        keys, second.plus(IdentityKeySchedule.RETENTION).plusMillis(1)))
                .extracting(StoredIdentityKey::id)
                .containsExactly("a");
    }

    @Test
    void expiredWhenTheKeyHasNoSuccessorThenNever() {
        assertThat(schedule.findExpired(List.of(key("a", START)), START.plus(Duration.ofDays(999))))
                .isEmpty();
        assertThat(schedule.findExpired(List.of(), START)).isEmpty();
    }

    @Test
    void toStringWhenPrintedThenWithoutTheKey() {
        assertThat(key("a", START).toString()).contains("a").doesNotContain("secret");
        assertThat(IdentityKey.create(START).toString()).doesNotContain("\"d\"", "secret");
    }
}
