package io.portcullis.core.login;

import java.time.Duration;

/**
 * How many wrong passwords are taken in a window before further ones are refused unchecked.
 *
 * @param perNameAndAddress of one account, or one unknown name, from one address block
 * @param perAddress from one address block, on this node
 * @param perAccount of one account from all addresses; an address from which the account has logged in before is exempt
 * @param window the time in which they count
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

    /** 10 of one name from one address, 100 from one address, 100 of one account, in 5 minutes. */
    public static AttemptLimits defaults() {
        return new AttemptLimits(10, 100, 100, Duration.ofMinutes(5));
    }

    private static void requirePositive(String name, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException(name + ": " + limit + " (expected: >= 1)");
        }
    }
}
