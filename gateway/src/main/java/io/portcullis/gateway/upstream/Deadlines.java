package io.portcullis.gateway.upstream;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running deadlines of one length on one event loop, in the order in which they expire. One task of the event loop serves all of
 * them; a task for each deadline would be an allocation and a change of the loop's heap twice a request. Confined to its event loop.
 */
public final class Deadlines implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

    private final EventExecutor loop;
    private final Duration limit;
    private @Nullable Deadline first;
    private @Nullable Deadline last;
    private boolean armed;

    Deadlines(EventExecutor loop, Duration limit) {
        this.loop = loop;
        this.limit = limit;
    }

    /** A deadline, which {@link Deadlines#start} starts. */
    public abstract static class Deadline {
        private @Nullable Deadlines owner;
        private @Nullable Deadline before;
        private @Nullable Deadline after;
        private long at;

        /** Called on the event loop when the time is over, unless the deadline was cancelled. */
        protected abstract void expire(Duration limit);

        /** Stops the deadline. Does nothing if it does not run. */
        public final void cancel() {
            if (owner != null) {
                owner.remove(this);
            }
        }
    }

    /** Starts the deadline, or starts it anew if it runs. */
    public void start(Deadline deadline) {
        deadline.cancel();
        deadline.owner = this;
        deadline.at = loop.ticker().nanoTime() + limit.toNanos();
        deadline.before = last;
        if (last == null) {
            first = deadline;
        } else {
            last.after = deadline;
        }
        last = deadline;
        if (!armed) {
            arm(limit.toNanos());
        }
    }

    private void remove(Deadline deadline) {
        Deadline before = deadline.before;
        Deadline after = deadline.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        deadline.owner = null;
        deadline.before = null;
        deadline.after = null;
    }

    private void arm(long nanos) {
        armed = true;
        var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }

    /** An exception must not keep the other deadlines from expiring. */
    private void expire(Deadline due) {
        try {
            due.expire(limit);
        } catch (RuntimeException e) {
            log.error("A deadline of {} failed", limit, e);
        }
    }

    @Override
    public void run() {
        armed = false;
        long now = loop.ticker().nanoTime();
        for (Deadline due = first; due != null && due.at - now <= 0; due = first) {
            remove(due);
            expire(due);
        }
        Deadline next = first;
        if (next != null && !armed) {
            arm(next.at - now);
        }
    }
}
