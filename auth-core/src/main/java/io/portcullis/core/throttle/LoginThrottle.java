package io.portcullis.core.throttle;

import io.portcullis.core.session.AddressBlock;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Limits the password attempts of a client on this node ({@code docs/adr/0020}). A check reserves a slot in each
 * limit before any password is hashed, and releases it after a correct password, so that a burst cannot exceed a
 * limit. The number of remembered addresses, usernames and accounts is bounded, whatever clients send.
 *
 * <p>A limit on one account alone would let an attacker lock out the account's owner. The limits on a username and on
 * an account therefore never block a client at an address of its own. The limit on a username counts each address
 * separately. The limit on an account exempts addresses from which the account has logged in before (familiar
 * addresses), and so does the limit on an address.
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

    /** Creates a throttle without counted attempts. */
    public LoginThrottle(AttemptLimits limits, Clock clock) {
        this.limits = limits;
        this.addresses = new AttemptCounters(limits.perAddress(), limits.window(), MAX_KEYS);
        // Twice the keys, because each check counts under the presented username and under the account.
        this.pairs = new AttemptCounters(limits.perNameAndAddress(), limits.window(), 2 * MAX_KEYS);
        this.accounts = new AttemptCounters(limits.perAccount(), limits.window(), MAX_KEYS);
        this.clock = clock;
    }

    /** Returns the number of refused checks since the start. */
    public long refused() {
        return refused.sum();
    }

    AttemptLimits limits() {
        return limits;
    }

    /** Returns the number of remembered addresses, pairs and accounts. */
    int keys() {
        return addresses.keys() + pairs.keys() + accounts.keys();
    }

    /**
     * Starts a check of a username from a block of addresses. The caller must call {@link Admission#end}.
     *
     * @param tenantId the tenant to which the username belongs, so that the same username of another tenant has limits of its own; null
     *     where usernames are unique
     */
    Admission begin(String username, @Nullable String tenantId, AddressBlock block) {
        String name = FoldedName.of(username);
        // Neither part has a control character, so the key is unambiguous.
        return new Admission(tenantId == null ? name : tenantId + '\0' + name, block, clock.instant());
    }

    /** The reservations of one check in all limits. Used by one check, whose signals are serialized. */
    final class Admission {
        private final AddressBlock block;
        private final Instant at;
        private final AttemptCounters.Slot address;
        private final AttemptCounters.Slot name;
        private AttemptCounters.@Nullable Slot pair;
        private AttemptCounters.@Nullable Slot account;
        private boolean exceptional;
        private boolean wrongPassword;

        private Admission(String foldedName, AddressBlock block, Instant at) {
            this.block = block;
            this.at = at;
            this.address = addresses.reserve(block.name(), at);
            this.name = pairs.reserve("name:" + foldedName + "@" + block.name(), at);
        }

        /**
         * Returns the limit that refuses the check before any store is queried; null if none does.
         *
         * <p>Even when the limit on the address is reached, the address may be familiar to the account. Up to 8 such
         * checks per address, each under another username, may continue and query the log. So an attacker with an own
         * account does not block the other users at the same address.
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

        /** Returns the limit that refuses the check of an existing account; null if none does. */
        AttemptCounters.@Nullable Slot refusal(String accountId) {
            pair = pairs.reserve("account:" + accountId + "@" + block.name(), at);
            if (!pair.granted()) {
                return pair;
            }
            account = accounts.reserve(accountId, at);
            return null;
        }

        /** Returns whether the check may continue only from a familiar address. */
        boolean requiresFamiliarAddress() {
            return exceptional || (account != null && !account.granted());
        }

        /** Returns the limit that refuses a check from an unfamiliar address. */
        AttemptCounters.Slot unfamiliarAddressLimit() {
            return exceptional || account == null ? address : account;
        }

        /** Returns the slot of the username and address, which tells whether a refusal is the first in its window. */
        AttemptCounters.Slot name() {
            return name;
        }

        /** Marks the check as a wrong password. Also used for a refusal that must not be distinguishable from one. */
        void countAsWrong() {
            wrongPassword = true;
        }

        /** Counts a refusal for {@link LoginThrottle#refused}. */
        void countRefusal() {
            refused.increment();
        }

        /** Releases the reserved slots. Must be called when the check ends. */
        void end() {
            address.settle(wrongPassword);
            name.settle(wrongPassword);
            if (pair != null) {
                pair.settle(wrongPassword);
            }
            if (account != null) {
                account.settle(wrongPassword);
            }
        }
    }
}
