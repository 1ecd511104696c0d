package io.portcullis.testbed;

import java.util.concurrent.CompletableFuture;

/** What happens, once, to the first connection of a {@link TcpProxy} on which a pattern is sent. */
final class TcpTrap {
    /** What the trap does. */
    enum Spring {
        HOLD_REQUEST,
        HOLD_ANSWER,
        DROP_ANSWER
    }

    private final byte[] pattern;
    private final Spring spring;
    private final CompletableFuture<Void> sprung = new CompletableFuture<>();

    TcpTrap(byte[] pattern, Spring spring) {
        this.pattern = pattern;
        this.spring = spring;
    }

    Spring spring() {
        return spring;
    }

    CompletableFuture<Void> sprung() {
        return sprung;
    }

    /** How many bytes of the past must be looked at with the next, so that a pattern in two pieces is seen. */
    int overlap() {
        return pattern.length - 1;
    }

    boolean isIn(byte[] bytes) {
        for (int start = 0; start + pattern.length <= bytes.length; start++) {
            if (isAt(bytes, start)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAt(byte[] bytes, int start) {
        for (int i = 0; i < pattern.length; i++) {
            if (bytes[start + i] != pattern[i]) {
                return false;
            }
        }
        return true;
    }
}
