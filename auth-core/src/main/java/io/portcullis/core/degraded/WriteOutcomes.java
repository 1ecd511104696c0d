package io.portcullis.core.degraded;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.token.store.WriteRefusedException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store takes writes now, judged by the writes of requests in the last 10 s, and by those of a probe when there were none.
 *
 * <p>A request that failed outweighs a later probe that succeeded: with a full disk a small row can often still be changed, but no session
 * be added. The next request that succeeds, or 10 s without one that fails, settles it.
 */
public final class WriteOutcomes {
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String NOT_TRIED = "not tried yet";
    /** The class and, for MySQL, the numbers of the error, without the message, which may name addresses and tables. */
    private static final Pattern KIND = Pattern.compile("^\\w+(?:: (?:\\[\\w+] ?)+)?");

    private final String store;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Outcome> real = new AtomicReference<>();
    private final AtomicReference<Outcome> probe;

    /** @param store the name in the reasons */
    public WriteOutcomes(String store) {
        this(store, System::nanoTime);
    }

    WriteOutcomes(String store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        this.probe = new AtomicReference<>(new Outcome(nanoTime.getAsLong(), store + ": " + NOT_TRIED));
    }

    /** A request's write was confirmed. */
    public void succeeded() {
        real.set(outcome(null));
    }

    /** A request's write failed by the store's fault. */
    public void failed(Throwable failure) {
        real.set(outcome(reason(failure)));
    }

    /** A probe's write was confirmed. */
    public void probeSucceeded() {
        probe.set(outcome(null));
    }

    /** A probe's write failed. */
    public void probeFailed(Throwable failure) {
        probe.set(outcome(reason(failure)));
    }

    /** Why the store takes no writes, without addresses and messages, so that anybody may read it; empty when it takes them. */
    public Optional<String> failure() {
        Outcome latest = real.get();
        Outcome probed = probe();
        boolean recent = latest != null && nanoTime.getAsLong() - latest.at < RECENT_NANOS;
        if (latest != null && recent && (latest.failure != null || probed.at - latest.at < 0)) {
            return Optional.ofNullable(latest.failure);
        }
        return Optional.ofNullable(probed.failure);
    }

    private Outcome probe() {
        return Objects.requireNonNull(probe.get());
    }

    private Outcome outcome(@Nullable String failure) {
        return new Outcome(nanoTime.getAsLong(), failure);
    }

    private String reason(Throwable failure) {
        var refused = WriteRefusedException.in(failure);
        if (refused.isPresent()) {
            return store + " refuses writes: " + refused.get().code();
        }
        if (RootCause.of(failure) instanceof TimeoutException) {
            return store + " does not answer in time";
        }
        Matcher kind = KIND.matcher(RootCause.describe(failure));
        return store + " fails" + (kind.find() ? ": " + kind.group().strip() : "");
    }

    /**
     * @param at in {@link System#nanoTime()}
     * @param failure null for a success
     */
    private record Outcome(long at, @Nullable String failure) {}
}
