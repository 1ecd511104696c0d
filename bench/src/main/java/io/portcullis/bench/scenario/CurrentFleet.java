package io.portcullis.bench.scenario;

import io.portcullis.bench.subject.Fleet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Holds the started subjects from one case to the next, because consecutive cases with the same number of routes share them. */
final class CurrentFleet implements AutoCloseable {
    private final IntFunction<Fleet> starter;
    private @Nullable Fleet fleet;
    private int routes;

    /**
     * Creates a holder without subjects.
     *
     * @param starter starts the subjects with a number of routes
     */
    CurrentFleet(IntFunction<Fleet> starter) {
        this.starter = starter;
    }

    /** Returns subjects with the number of routes. Stops the current subjects and starts others if their number differs. */
    Fleet with(int count) {
        if (fleet != null && routes == count) {
            return fleet;
        }
        close();
        Fleet started = starter.apply(count);
        fleet = started;
        routes = count;
        return started;
    }

    /** Stops the current subjects, if any. */
    @Override
    public void close() {
        Fleet running = fleet;
        fleet = null;
        if (running != null) {
            running.close();
        }
    }
}
