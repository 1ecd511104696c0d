package io.portcullis.bench.soak;

import java.util.Locale;
import java.util.SplittableRandom;

/** The calls of the scenario soak, with the number of each among a thousand calls. */
enum Call {
    /** A proxied request. */
    USE(450),
    REFRESH(450),
    LOGOUT(40),
    /** A proxied request with the token of an ended session, which must be refused. */
    ENDED(40),
    LOGIN(10),
    /** The end of all sessions of a user by an administrator. */
    KICK(5),
    /** A page of live sessions. */
    PAGE(5);

    private static final int TOTAL = 1_000;

    private final int weight;

    Call(int weight) {
        this.weight = weight;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Call draw(SplittableRandom random) {
        int left = random.nextInt(TOTAL);
        for (Call call : values()) {
            left -= call.weight;
            if (left < 0) {
                return call;
            }
        }
        throw new IllegalStateException("weights: less than " + TOTAL);
    }
}
