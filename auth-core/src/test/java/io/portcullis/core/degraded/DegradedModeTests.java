package io.portcullis.core.degraded;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.UnacknowledgedWriteException;
import io.portcullis.core.token.store.WriteRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DegradedModeTests {
    private final AtomicLong disruptions = new AtomicLong();
    private final DegradedMode degraded = new DegradedMode(disruptions::get);

    private DegradedMode.Attempt attempt() {
        return degraded.attempt().orElseThrow();
    }

    private void recover() {
        assertThat(degraded.leave(attempt(), 0)).isTrue();
    }

    @Test
    void activeWhenStartedThenUntilItIsLeft() {
        assertThat(degraded.active()).isTrue();
        recover();
        assertThat(degraded.active()).isFalse();
        assertThat(degraded.attempt()).isEmpty();
    }

    @Test
    void activeWhenDisruptedThenAtOnceAndUntilAnotherReplay() {
        recover();
        disruptions.incrementAndGet();
        assertThat(degraded.active()).isTrue();
        assertThat(degraded.trustedEpoch()).isEqualTo(DegradedMode.UNTRUSTED);

        recover();

        assertThat(degraded.active()).isFalse();
        assertThat(degraded.entryCount()).isEqualTo(1);
    }

    @Test
    void leaveWhenDisruptedSinceTheAttemptBeganThenStays() {
        var attempt = attempt();
        assertThat(degraded.isCurrent(attempt)).isTrue();
        disruptions.incrementAndGet();

        assertThat(degraded.isCurrent(attempt)).isFalse();
        assertThat(degraded.leave(attempt, 0)).isFalse();
        assertThat(degraded.active()).isTrue();
    }

    @Test
    void leaveWhenEnteredAgainSinceTheAttemptBeganThenStays() {
        var attempt = attempt();
        degraded.enter("again");

        assertThat(degraded.isCurrent(attempt)).isFalse();
        assertThat(degraded.leave(attempt, 0)).isFalse();
        assertThat(degraded.active()).isTrue();
    }

    @Test
    void trustWhenDisruptedAndRepairedThenAnotherThanBefore() {
        recover();
        long before = degraded.trustedEpoch();
        disruptions.incrementAndGet();
        recover();

        assertThat(degraded.trustedEpoch()).isNotEqualTo(before).isNotEqualTo(DegradedMode.UNTRUSTED);
    }

    private static WriteRefusedException refusal(String message) {
        return new WriteRefusedException(new IllegalStateException(message));
    }

    @Test
    void enterWhenAWriteIsRefusedThenTheReasonNamesTheKindOfRefusalAlone() {
        recover();
        assertThat(degraded.reason()).isEmpty();

        degraded.enter(refusal("OOM command not allowed when used memory > 'maxmemory'."));

        assertThat(degraded.active()).isTrue();
        assertThat(degraded.reason()).contains("Redis refuses writes: OOM");
        assertThat(degraded.isLoggedReason("OOM command not allowed when used memory > 'maxmemory'"))
                .isTrue();
        assertThat(degraded.isLoggedReason("TimeoutException")).isFalse();
    }

    @Test
    void enterWithoutTombstoneWhenItsOutcomeIsUnknownThenActive() {
        assertThat(degraded.leave(degraded.attempt().orElseThrow(), 0)).isTrue();

        degraded.enterWithoutTombstone(PortcullisException.storeUnavailable("Redis", new TimeoutException("late")));

        assertThat(degraded.reason()).contains("Redis fails or is slow");
        assertThat(degraded.isLoggedReason("a tombstone is not confirmed in Redis: TimeoutException: late"))
                .isTrue();
    }

    /** The transaction that goes on without the tombstone commits first, so that the replay sees the entry of the ledger. */
    @Test
    void attemptWhenATombstoneIsNotConfirmedThenASecondLaterEachTime() {
        var nanos = new AtomicLong();
        var mode = new DegradedMode(disruptions::get, nanos::get);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
            mode.enterWithoutTombstone(PortcullisException.storeUnavailable("Redis", new TimeoutException()));
            long start = nanos.get();
            while (mode.attempt().isEmpty()) {
                nanos.addAndGet(100_000_000);
            }
            waits.add((nanos.get() - start) / 100_000_000);
        }
        assertThat(waits).containsOnly(10L);
    }

    @Test
    void enterWithoutTombstoneWhenRedisRefusedItThenThatIsTheReason() {
        assertThat(degraded.leave(degraded.attempt().orElseThrow(), 0)).isTrue();

        degraded.enterWithoutTombstone(
                PortcullisException.storeUnavailable("Redis", refusal("OOM command not allowed")));

        assertThat(degraded.reason()).contains("Redis refuses writes: OOM");
    }

    /** The node reads from the master, which has the tombstone. */
    @Test
    void enterWithoutTombstoneWhenOnlyReplicasLackItThenTrusted() {
        assertThat(degraded.leave(degraded.attempt().orElseThrow(), 0)).isTrue();

        degraded.enterWithoutTombstone(
                PortcullisException.storeUnavailable("Redis", new UnacknowledgedWriteException(0, 1)));

        assertThat(degraded.active()).isFalse();
    }

    @Test
    void attemptWhenTheSameRefusalComesBackSoonThenEachTimeLater() {
        var nanos = new AtomicLong();
        var mode = new DegradedMode(disruptions::get, nanos::get);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
            mode.enter(refusal("OOM command not allowed"));
            long start = nanos.get();
            while (mode.attempt().isEmpty()) {
                nanos.addAndGet(1_000_000_000);
            }
            waits.add((nanos.get() - start) / 1_000_000_000);
        }
        assertThat(waits).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void attemptWhenAnotherRefusalOrALaterOneThenAtOnce() {
        var nanos = new AtomicLong();
        var mode = new DegradedMode(disruptions::get, nanos::get);
        assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
        mode.enter(refusal("OOM command not allowed"));
        assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
        mode.enter(refusal("READONLY You can't write against a read only replica."));
        assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
        nanos.addAndGet(31_000_000_000L);
        mode.enter(refusal("READONLY You can't write against a read only replica."));

        assertThat(mode.attempt()).isPresent();
    }

    @Test
    void degradedNanosWhenEnteredAndLeftThenTheSumOfAllTimesInIt() {
        var nanos = new AtomicLong(100);
        var mode = new DegradedMode(disruptions::get, nanos::get);
        nanos.addAndGet(7);
        assertThat(mode.degradedNanos()).isEqualTo(7);
        assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
        nanos.addAndGet(1_000);
        assertThat(mode.degradedNanos()).isEqualTo(7);

        mode.enter("a test");
        nanos.addAndGet(20);
        mode.enter("again");
        nanos.addAndGet(3);
        assertThat(mode.degradedNanos()).isEqualTo(30);
        assertThat(mode.leave(mode.attempt().orElseThrow(), 0)).isTrue();
        nanos.addAndGet(1_000);

        assertThat(mode.degradedNanos()).isEqualTo(30);
    }
}
