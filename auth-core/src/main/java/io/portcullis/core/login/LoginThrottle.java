package io.portcullis.core.login;

import io.portcullis.core.session.AddressBlock;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many passwords one client can try on this node ({@code docs/adr/0020}). A check reserves its place in each limit before
 * any password is hashed, and gives it back when the password was right, so that a burst passes no limit. A bounded number of
 * addresses, names and accounts is remembered, whatever clients send.
 *
 * <p>A limit on one account alone would let a stranger lock its owner out. So the limits on a name and on an account never stop
 * a client at an address of its own: the first counts each address apart, and the second exempts an address from which the account
 * has logged in before, as does the limit on an address.
 */
public final class LoginThrottle {
    private static final int MAX_KEYS = 16_384;
    private static final int EXCEPTIONS_PER_ADDRESS = 8;

    private final AttemptLimits limits;
    private final AttemptCounters addresses;
    private final AttemptCounters pairs;
    private final AttemptCounters accounts;
    private final Clock clock;
    private final LongAdder refused = new LongAdder();

    public LoginThrottle(AttemptLimits limits, Clock clock) {
        this.limits = limits;
        this.addresses = new AttemptCounters(limits.perAddress(), limits.window(), MAX_KEYS);
        // Each check counts under the name as presented and under the account.
        this.pairs = new AttemptCounters(limits.perNameAndAddress(), limits.window(), 2 * MAX_KEYS);
        this.accounts = new AttemptCounters(limits.perAccount(), limits.window(), MAX_KEYS);
        this.clock = clock;
    }

    /** How many checks were refused since the start. */
    public long refused() {
        return refused.sum();
    }

    AttemptLimits limits() {
        return limits;
    }

    /** How many addresses, pairs and accounts are remembered. */
    int keys() {
        return addresses.keys() + pairs.keys() + accounts.keys();
    }

    /** Begins a check under a name from a block of addresses. The caller must end the check. */
    Admission begin(String username, AddressBlock block) {
        return new Admission(FoldedName.of(username), block, clock.instant());
    }

    /** One check's places in the limits. One check uses an instance, and its signals are serialized. */
    final class Admission {
        private final AddressBlock block;
        private final Instant at;
        private final AttemptCounters.Slot address;
        private final AttemptCounters.Slot name;
        private AttemptCounters.@Nullable Slot pair;
        private AttemptCounters.@Nullable Slot account;
        private boolean exceptional;
        private boolean wrong;

        private Admission(String foldedName, AddressBlock block, Instant at) {
            this.block = block;
            this.at = at;
            this.address = addresses.reserve(block.name(), at);
            this.name = pairs.reserve("name:" + foldedName + "@" + block.name(), at);
        }

        /**
         * The limit that refuses the check before a store is asked, if there is one. A client at an address whose limit is reached may
         * be at home there: a few such checks at a time go on, to find out, each under another name. So a caller with an account of its
         * own does not keep the other callers at its address out.
         */
        AttemptCounters.@Nullable Slot refusal() {
            if (!name.granted()) {
                return name;
            }
            if (address.granted()) {
                return null;
            }
            exceptional =
                    address.exhausted() && name.beginException(1) && address.beginException(EXCEPTIONS_PER_ADDRESS);
            return exceptional ? null : address;
        }

        /** The limit on the account that was found that refuses the check, if there is one. */
        AttemptCounters.@Nullable Slot refusal(String accountId) {
            pair = pairs.reserve("account:" + accountId + "@" + block.name(), at);
            if (!pair.granted()) {
                return pair;
            }
            account = accounts.reserve(accountId, at);
            return null;
        }

        /** Whether the check needs an address from which the account has logged in before. */
        boolean onlyIfFamiliar() {
            return exceptional || (account != null && !account.granted());
        }

        /** The limit that refuses a check from an address that is not familiar. */
        AttemptCounters.Slot unfamiliar() {
            return exceptional || account == null ? address : account;
        }

        /** The counter of the name from the address, which says whether a refusal is the first. */
        AttemptCounters.Slot name() {
            return name;
        }

        /** The password was wrong, or the check cannot be told from one whose password was. */
        void countAsWrong() {
            wrong = true;
        }

        void countRefusal() {
            refused.increment();
        }

        /** Gives the places back. */
        void end() {
            address.settle(wrong);
            name.settle(wrong);
            if (pair != null) {
                pair.settle(wrong);
            }
            if (account != null) {
                account.settle(wrong);
            }
        }
    }
}
