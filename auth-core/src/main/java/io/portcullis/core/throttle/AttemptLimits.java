package io.portcullis.core.throttle;

import java.time.Duration;

/**
 * The numbers of wrong passwords in a window above which further attempts are refused without a check.
 *
 * @param perNameAndAddress the limit for one account, or one unknown username, from one block of addresses
 * @param perAddress the limit for one block of addresses, on each node
 * @param perAccount the limit for one account from all addresses. Addresses from which the account has logged in
 *     before are exempt
 * @param window the length of the window
 */
public record AttemptLimits(int perNameAndAddress, int perAddress, int perAccount, Duration window) {
    public AttemptLimits {
        requirePositive("perNameAndAddress", perNameAndAddress);
        requirePositive("perAddress", perAddress);
        requirePositive("perAccount", perAccount);
        if (window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("window: " + window + " (expected: > 0)");
        }
    }

    /** Returns the defaults: 10 per username and address, 100 per address and 100 per account in 5 minutes. */
    public static AttemptLimits defaults() {
        return new AttemptLimits(10, 100, 100, Duration.ofMinutes(5));
    }

    private static void requirePositive(String name, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException(name + ": " + limit + " (expected: >= 1)");
        }
    }
}
