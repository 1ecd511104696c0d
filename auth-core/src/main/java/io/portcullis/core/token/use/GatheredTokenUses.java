package io.portcullis.core.token.use;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Gathers token uses in memory until the next flush. Event loops never wait here: each thread has a preferred stripe, and takes the
 * next one while another thread is in it (docs/adr/0030).
 */
public final class GatheredTokenUses implements TokenUseRecorder {
    /** More stripes than threads that check tokens at the same time, so that a preferred stripe is usually free. */
    private static final int STRIPES_PER_CPU = 4;

    private final UseStripe[] stripes;
    private final int early;
    private final Clock clock;
    private final TokenUseCounters counters;
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadLocal<Integer> preferred = ThreadLocal.withInitial(threads::getAndIncrement);
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Sinks.Many<Boolean> signals = Sinks.many().multicast().directBestEffort();

    /** Creates a gatherer without uses. */
    public GatheredTokenUses(TokenUseSettings settings, TokenUseCounters counters, Clock clock) {
        int count = Math.min(STRIPES_PER_CPU * Runtime.getRuntime().availableProcessors(), settings.maxPending());
        int maxUses = settings.maxPending() / count;
        this.stripes = new UseStripe[count];
        for (int i = 0; i < count; i++) {
            stripes[i] = new UseStripe(maxUses, settings.maxPerSession());
        }
        this.early = (maxUses + 1) / 2;
        this.counters = counters;
        this.clock = clock;
    }

    @Override
    public void record(String digest, String sessionId, String userId, @Nullable String tenantId, String ip) {
        long now = clock.millis();
        int start = preferred.get();
        for (int i = 0; i < stripes.length; i++) {
            UseStripe stripe = stripes[Math.floorMod(start + i, stripes.length)];
            if (stripe.tryEnter()) {
                UseStripe.Outcome outcome;
                int size;
                try {
                    outcome = stripe.add(digest, sessionId, userId, tenantId, ip, now);
                    size = stripe.size();
                } finally {
                    stripe.leave();
                }
                handle(outcome, size);
                return;
            }
        }
        counters.countDroppedForMemory(1);
    }

    private void handle(UseStripe.Outcome outcome, int size) {
        if (outcome == UseStripe.Outcome.SESSION_FULL) {
            counters.countDroppedForSession(1);
        } else if (outcome == UseStripe.Outcome.STRIPE_FULL) {
            counters.countDroppedForMemory(1);
        }
        if (size >= early && !signalled.get() && signalled.compareAndSet(false, true)) {
            // Without a subscriber nothing waits for the signal, and the uses wait for the next flush.
            var unused = signals.tryEmitNext(true);
        }
    }

    /** Emits when a stripe is half full, so that its uses are flushed early. Hot; emits on the thread of the request. */
    Flux<Boolean> signals() {
        return signals.asFlux();
    }

    /**
     * Moves the gathered uses to {@code sink}. Leaves out a stripe in which another thread is at this moment.
     *
     * @return whether no stripe was left out
     */
    boolean drain(Consumer<UseStripe.GatheredSession> sink) {
        signalled.set(false);
        List<Map<String, UseStripe.GatheredSession>> taken = new ArrayList<>();
        boolean all = true;
        for (UseStripe stripe : stripes) {
            if (stripe.tryEnter()) {
                try {
                    taken.add(stripe.take());
                } finally {
                    stripe.leave();
                }
            } else {
                all = false;
            }
        }
        taken.forEach(sessions -> sessions.values().forEach(sink));
        return all;
    }
}
