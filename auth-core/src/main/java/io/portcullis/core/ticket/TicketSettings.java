package io.portcullis.core.ticket;

import java.time.Duration;

/**
 * The limits on tickets.
 *
 * @param life the time for which a ticket is good
 * @param maxOpen the number of unused and unexpired tickets that a session may have
 */
public record TicketSettings(Duration life, int maxOpen) {
    public TicketSettings {
        if (life.isZero() || life.isNegative()) {
            throw new IllegalArgumentException("life: " + life + " (expected: more than zero)");
        }
        if (maxOpen < 1) {
            throw new IllegalArgumentException("maxOpen: " + maxOpen + " (expected: 1 or more)");
        }
    }

    /** Returns the defaults: 30 s, 20 tickets. */
    public static TicketSettings defaults() {
        return new TicketSettings(Duration.ofSeconds(30), 20);
    }
}
