package io.portcullis.core.sample;

import java.time.Duration;
import java.time.Instant;

/**
 * A node that has reported itself.
 *
 * @param startedAt the start of the node
 * @param silence the time since its last report
 */
public record ReportedNode(NodeIdentity node, Instant startedAt, Duration silence) {
    /** A node that has been silent for longer counts as gone: it has missed two reports. */
    public static final Duration MAX_SILENCE = Duration.ofSeconds(30);

    /** Returns whether the node has reported itself lately. */
    public boolean alive() {
        return silence.compareTo(MAX_SILENCE) <= 0;
    }
}
