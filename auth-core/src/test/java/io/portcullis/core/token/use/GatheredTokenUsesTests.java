package io.portcullis.core.token.use;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class GatheredTokenUsesTests {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-18T12:00:00Z"), ZoneOffset.UTC);

    private final TokenUseCounters counters = new TokenUseCounters();

    private GatheredTokenUses gathered(int maxPending, int maxPerSession) {
        return new GatheredTokenUses(
                new TokenUseSettings(Duration.ofSeconds(5), maxPending, maxPerSession), counters, CLOCK);
    }

    private static List<String> drained(GatheredTokenUses gathered) {
        List<String> all = new ArrayList<>();
        boolean complete = gathered.drain(session -> {
            for (UseStripe.Entry each = session.first; each != null; each = each.next) {
                all.add(session.sessionId + " " + each.digest + " " + each.ip);
            }
        });
        assertThat(complete).isTrue();
        return all;
    }

    @Test
    void recordWhenTheSameTokenIsUsedAgainThenOneUseUntilItIsDrained() {
        GatheredTokenUses gathered = gathered(1_000, 10);
        for (int i = 0; i < 3; i++) {
            gathered.record("d", "s", "u", null, "192.0.2.1");
            gathered.record("d", "s", "u", null, "192.0.2.2");
        }

        assertThat(drained(gathered)).containsExactlyInAnyOrder("s d 192.0.2.1", "s d 192.0.2.2");
        assertThat(drained(gathered)).isEmpty();
    }

    /** Runs on threads on which BlockHound forbids blocking calls. */
    @Test
    void recordWhenManyThreadsRecordAndOneDrainsThenNoUseIsLost() throws Exception {
        GatheredTokenUses gathered = gathered(1_000_000, 1_000_000);
        int threads = 8;
        int each = 20_000;
        CountDownLatch done = new CountDownLatch(threads);
        for (int thread = 0; thread < threads; thread++) {
            String session = "s" + thread;
            Schedulers.parallel().schedule(() -> {
                IntStream.range(0, each).forEach(i -> gathered.record("d" + i, session + i, "u", null, "192.0.2.1"));
                done.countDown();
            });
        }
        AtomicInteger seen = new AtomicInteger();
        AtomicBoolean complete = new AtomicBoolean();
        while (done.getCount() > 0) {
            complete.set(gathered.drain(session -> seen.addAndGet(session.count)));
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        complete.set(gathered.drain(session -> seen.addAndGet(session.count)));

        assertThat(complete).isTrue();
        assertThat(seen.get() + counters.droppedForMemory()).isEqualTo((long) threads * each);
    }

    @Test
    void recordWhenHalfFullThenSignalsOnceAndWhenFullThenDropsAndCounts() {
        int stripes = 4 * Runtime.getRuntime().availableProcessors();
        GatheredTokenUses gathered = gathered(10 * stripes, 1_000);
        AtomicInteger signals = new AtomicInteger();
        Flux<Boolean> early = gathered.signals();
        var unused = early.subscribe(signal -> signals.incrementAndGet());

        for (int i = 0; i < 4; i++) {
            gathered.record("d" + i, "s", "u", null, "192.0.2.1");
        }
        assertThat(signals.get()).isZero();
        for (int i = 4; i < 13; i++) {
            gathered.record("d" + i, "s", "u", null, "192.0.2.1");
        }

        assertThat(signals.get()).isEqualTo(1);
        assertThat(counters.droppedForMemory()).isEqualTo(3);
        assertThat(drained(gathered)).hasSize(10);
        gathered.record("d99", "s", "u", null, "192.0.2.1");
        assertThat(drained(gathered)).hasSize(1);
    }

    @Test
    void recordWhenASessionHasManyAddressesThenBoundedAndItsLastAddressIsKnown() {
        GatheredTokenUses gathered = gathered(1_000, 3);
        for (int i = 0; i < 5; i++) {
            gathered.record("d", "s", "u", null, "192.0.2." + i);
        }

        List<String> last = new ArrayList<>();
        assertThat(gathered.drain(session -> last.add(session.count + " " + session.lastIp)))
                .isTrue();
        assertThat(last).containsExactly("3 192.0.2.4");
        assertThat(counters.droppedForSession()).isEqualTo(2);
    }
}
