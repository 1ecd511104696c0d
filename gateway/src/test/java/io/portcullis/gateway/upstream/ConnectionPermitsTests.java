package io.portcullis.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionPermitsTests {
    private static final int MAX = 3;

    private final ConnectionPermits permits = new ConnectionPermits(MAX);

    /** Creates one of no pool, as only its identity matters. */
    @SuppressWarnings("NullAway")
    private static Acquisition acquisition() {
        return new Acquisition(null, null, 0);
    }

    @Test
    void takeWhenAllAreTakenThenWaitsInOrder() {
        for (int i = 0; i < MAX; i++) {
            assertThat(permits.takeOrWait(acquisition())).isTrue();
        }
        Acquisition first = acquisition();
        Acquisition second = acquisition();
        assertThat(permits.takeOrWait(first)).isFalse();
        assertThat(permits.takeOrWait(second)).isFalse();

        assertThat(permits.giveBack()).isSameAs(first);
        permits.leave(second);
        assertThat(permits.giveBack()).isNull();
        assertThat(permits.taken()).isEqualTo(MAX - 1);
        assertThat(permits.takeOrWait(acquisition())).isTrue();
    }

    /** Threads take and return permits at random: never more than the limit are out, and everybody who waits receives one. */
    @Test
    void permitsWhenManyThreadsTakeAndReturnThenNoneIsLostOrDoubled() throws Exception {
        int threads = 4;
        int rounds = 20_000;
        AtomicInteger out = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        var granted = new ConcurrentLinkedQueue<Acquisition>();
        CountDownLatch done = new CountDownLatch(threads);
        List<EventLoop> loops = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            EventLoop loop = new DefaultEventLoop();
            loops.add(loop);
            loop.execute(() -> {
                for (int i = 0; i < rounds; i++) {
                    if (permits.takeOrWait(acquisition())) {
                        enter(out, most, served);
                        leave(out, granted);
                    }
                    Acquisition next = granted.poll();
                    if (next != null) {
                        served.incrementAndGet();
                        leave(out, granted);
                    }
                }
                done.countDown();
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        while (granted.poll() != null) {
            served.incrementAndGet();
            leave(out, granted);
        }
        for (EventLoop loop : loops) {
            var unused = loop.shutdownGracefully();
        }

        assertThat(served).hasValue(threads * rounds);
        assertThat(most.get()).isBetween(1, MAX);
        assertThat(permits.taken()).isZero();
        assertThat(permits.hasWaiting()).isFalse();
    }

    private static void enter(AtomicInteger out, AtomicInteger most, AtomicInteger served) {
        most.accumulateAndGet(out.incrementAndGet(), Math::max);
        served.incrementAndGet();
    }

    /** Returns a permit; the one who waits receives it, and is out in place of the one who returned it. */
    private void leave(AtomicInteger out, ConcurrentLinkedQueue<Acquisition> granted) {
        out.decrementAndGet();
        Acquisition next = permits.giveBack();
        if (next != null) {
            out.incrementAndGet();
            granted.add(next);
        }
    }
}
