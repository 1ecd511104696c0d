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
 * Decides whether a store takes writes now: from the latest write of a request in the last 10 s, otherwise from the latest probe.
 * Thread-safe.
 *
 * <p>The failed write of a request outweighs a later successful probe: on a full disk, updating a small row often succeeds while
 * inserting a session fails. The failure is cleared by the next successful write of a request, or after 10 s without another
 * failure.
 */
public final class WriteOutcomes {
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String NOT_ATTEMPTED = "not tried yet";
    /** Matches the exception's class and, for MySQL, the error numbers; not the message, which may name addresses and tables. */
    private static final Pattern KIND = Pattern.compile("^\\w+(?:: (?:\\[\\w+] ?)+)?");

    private final String store;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Outcome> real = new AtomicReference<>();
    private final AtomicReference<Outcome> probe;

    /** @param store the name of the store in the reasons of {@link #failure} */
    public WriteOutcomes(String store) {
        this(store, System::nanoTime);
    }

    WriteOutcomes(String store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        this.probe = new AtomicReference<>(new Outcome(nanoTime.getAsLong(), store + ": " + NOT_ATTEMPTED));
    }

    /** Records that the store confirmed a request's write. */
    public void succeeded() {
        real.set(outcome(null));
    }

    /** Records that a request's write failed because of the store. */
    public void failed(Throwable failure) {
        real.set(outcome(reason(failure)));
    }

    /** Records that the store confirmed a probe's write. */
    public void probeSucceeded() {
        probe.set(outcome(null));
    }

    /** Records that a probe's write failed. */
    public void probeFailed(Throwable failure) {
        probe.set(outcome(reason(failure)));
    }

    /**
     * Returns the reason why the store takes no writes; empty if it takes them. The text has no addresses and no messages of the
     * store, so a public health endpoint may show it.
     */
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
        var refused = RootCause.find(failure, WriteRefusedException.class);
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
     * Represents the outcome of one write.
     *
     * @param at the time of the outcome, in {@link System#nanoTime()}
     * @param failure the reason of the failure; null for a success
     */
    private record Outcome(long at, @Nullable String failure) {}
}
