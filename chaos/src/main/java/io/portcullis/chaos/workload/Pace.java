package io.portcullis.chaos.workload;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Controls whether clients continue, and how long they pause between two operations. Thread-safe. */
final class Pace {
    private final int maxRestMillis;
    private volatile boolean running = true;

    Pace(int maxRestMillis) {
        this.maxRestMillis = maxRestMillis;
    }

    boolean running() {
        return running;
    }

    void stop() {
        running = false;
    }

    void rest(RandomGenerator random) {
        try {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1, maxRestMillis + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }
}
