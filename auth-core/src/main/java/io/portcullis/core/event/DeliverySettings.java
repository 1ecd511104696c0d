package io.portcullis.core.event;

import java.time.Duration;

/**
 * The pace of the delivery and its limits.
 *
 * @param concurrency the number of events that are under way to the receiver at the same time, each of another session
 * @param pollInterval the pause after which a node looks for new events
 * @param maxBackoff the longest pause between two attempts to deliver one event
 * @param giveUpAfter the age at which an event whose attempts fail is given up
 * @param maxRefusals the number of refusals of one event after which it is given up
 * @param leaseTime the validity of the lease; after a crash of the delivering node another one continues when it has passed
 */
public record DeliverySettings(
        int concurrency,
        Duration pollInterval,
        Duration maxBackoff,
        Duration giveUpAfter,
        int maxRefusals,
        Duration leaseTime) {
    public DeliverySettings {
        if (concurrency < 1 || maxRefusals < 1) {
            throw new IllegalArgumentException(
                    "concurrency: " + concurrency + ", maxRefusals: " + maxRefusals + " (expected: 1 or more)");
        }
        requirePositive("pollInterval", pollInterval);
        requirePositive("maxBackoff", maxBackoff);
        requirePositive("giveUpAfter", giveUpAfter);
        requirePositive("leaseTime", leaseTime);
    }

    /**
     * Returns the longest pause between two rounds. It is below the life of the lease: another node that took the lease would begin with
     * many attempts.
     */
    Duration maxPause() {
        Duration half = leaseTime.dividedBy(2);
        return half.compareTo(maxBackoff) < 0 ? half : maxBackoff;
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
        }
    }
}
