package io.portcullis.core.r2dbc.pool;

import java.time.Duration;

/**
 * How long a connection waits for the server. None of these is bounded by default.
 *
 * @param connect longest wait for a new connection, its login included
 * @param statement longest run of a statement (MySQL: of a SELECT); the server ends it
 * @param lockWait longest wait for a row lock; the server ends it
 * @param response how long the server may stay silent after a request; then the connection is closed. The last resort against a
 *     server that hangs or cannot be reached, hence longer than {@code statement} and {@code lockWait}
 * @param tcpUser how long sent bytes may stay unacknowledged; then the system closes the connection. Only with native epoll
 */
public record MySqlTimeouts(
        Duration connect, Duration statement, Duration lockWait, Duration response, Duration tcpUser) {
    public MySqlTimeouts {
        PoolSettings.requirePositive("connect", connect);
        PoolSettings.requirePositive("statement", statement);
        PoolSettings.requirePositive("tcpUser", tcpUser);
        if (lockWait.toSeconds() < 1) {
            // The servers count it in whole seconds.
            throw new IllegalArgumentException("lockWait: " + lockWait + " (expected: >= 1s)");
        }
        if (response.compareTo(statement) <= 0 || response.compareTo(lockWait) <= 0) {
            throw new IllegalArgumentException("response: " + response + " (expected: > statement " + statement
                    + " and lockWait " + lockWait + ")");
        }
    }

    /** 2 s to connect, 3 s for statements and for locks, 5 s for a response, 2 s for TCP. */
    public static MySqlTimeouts defaults() {
        return new MySqlTimeouts(
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2));
    }
}
