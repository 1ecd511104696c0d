package io.portcullis.core.throttle;

import io.portcullis.core.session.AddressBlock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts the wrong secrets of programs on this node, per name and block of addresses and per block alone. The secrets are random, so
 * they cannot be guessed, and comparing one is cheap. Therefore a correct secret passes whatever was counted, and nobody can switch off
 * a program by presenting wrong secrets in its name (docs/adr/0037). The counters bound the log entries and the look-ups that wrong
 * secrets cause.
 */
public final class SecretThrottle {
    private static final int MAX_KEYS = 16_384;

    private final AttemptCounters names;
    private final AttemptCounters addresses;
    private final Clock clock;

    /** Creates a throttle without counted attempts. The limit per account does not apply. */
    public SecretThrottle(AttemptLimits limits, Clock clock) {
        this.names = new AttemptCounters(limits.perNameAndAddress(), limits.window(), MAX_KEYS);
        this.addresses = new AttemptCounters(limits.perAddress(), limits.window(), MAX_KEYS);
        this.clock = clock;
    }

    /** Begins a check. The caller must call {@link Attempt#end}. */
    public Attempt begin(String name, AddressBlock block) {
        Instant now = clock.instant();
        return new Attempt(names.reserve(name + "@" + block.name(), now), addresses.reserve(block.name(), now));
    }

    /** One check. Used by one check, whose signals are serialized. */
    public static final class Attempt {
        private final AttemptCounters.Slot name;
        private final AttemptCounters.Slot address;

        private Attempt(AttemptCounters.Slot name, AttemptCounters.Slot address) {
            this.name = name;
            this.address = address;
        }

        /** Returns whether a limit on wrong secrets has been reached. */
        public boolean exhausted() {
            return name.exhausted() || address.exhausted();
        }

        /**
         * Returns whether the limits allow one more wrong secret. Running checks count like wrong secrets, so that concurrent ones cannot
         * exceed a limit together.
         */
        public boolean admitsWrong() {
            return name.granted() && address.granted();
        }

        /** Returns the time after which a wrong secret is answered as such again. */
        public Duration retryAfter() {
            return limit().retryAfter();
        }

        /**
         * Returns true on the first call per window and limit that was reached, so that the refusals of a window cause one log entry. With
         * a new name in each request, the limit of the address is the one that was reached.
         */
        public boolean reportsFirst() {
            return limit().reportsFirst();
        }

        private AttemptCounters.Slot limit() {
            return address.granted() ? name : address;
        }

        /** Ends the check. */
        public void end(boolean wrong) {
            name.settle(wrong);
            address.settle(wrong);
        }
    }
}
