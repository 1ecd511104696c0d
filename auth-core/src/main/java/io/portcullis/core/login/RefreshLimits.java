package io.portcullis.core.login;

import io.portcullis.core.resilience.ConcurrencyLimit;
import java.time.Duration;

/**
 * Limits how many refreshes use MySQL at the same time. Clients begin them by themselves, so an overload consists of them, and logouts must find
 * a connection all the same.
 *
 * @param maxRunning the number of refreshes that may use MySQL at the same time
 * @param maxWait the time after which a refresh that waits for its turn is refused instead of begun
 */
public record RefreshLimits(int maxRunning, Duration maxWait) {
    private static final int MAX_WAITING = 2_000;

    ConcurrencyLimit create() {
        return ConcurrencyLimit.ofStore("MySQL", maxRunning, MAX_WAITING, maxWait);
    }
}
