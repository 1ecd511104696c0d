package io.portcullis.core.login;

import io.portcullis.core.resilience.ConcurrencyLimit;
import java.time.Duration;

/**
 * Limits how many refreshes use MySQL at the same time. Clients begin them by themselves, so an overload consists of them, and logouts must find
 * a connection all the same.
 *
 * @param maxRunning the number of refreshes that may use MySQL at the same time
 * @param maxSilent the number of silent refreshes among them
 * @param maxWait the time after which a refresh that waits for its turn is refused instead of begun
 */
public record RefreshLimits(int maxRunning, int maxSilent, Duration maxWait) {
    private static final String MYSQL = "MySQL";
    private static final int MAX_WAITING = 2_000;

    ConcurrencyLimit ofAll() {
        return ConcurrencyLimit.ofStore(MYSQL, maxRunning, MAX_WAITING, maxWait);
    }

    ConcurrencyLimit ofSilent() {
        return ConcurrencyLimit.ofStore(MYSQL, maxSilent, MAX_WAITING, maxWait);
    }
}
