package io.portcullis.core.r2dbc.pool;

import java.time.Duration;

/**
 * Holds the timeouts of a connection to the server. The driver bounds none of these waits by default.
 *
 * @param connect the time limit for a new connection, including authentication
 * @param statement the time limit for a statement (in MySQL: for a SELECT), enforced by the server
 * @param lockWait the time limit for a row lock, enforced by the server in whole seconds
 * @param response the time for which the server may send nothing after a request; then the connection is closed. It is the last
 *     resort against a server that hangs or is unreachable, and so must exceed {@code statement} and {@code lockWait}
 * @param tcpUser the time for which sent bytes may stay unacknowledged; then the operating system closes the connection. Requires
 *     native epoll
 */
public record MySqlTimeouts(
        Duration connect, Duration statement, Duration lockWait, Duration response, Duration tcpUser) {
    public MySqlTimeouts {
        PoolSettings.requirePositive("connect", connect);
        PoolSettings.requirePositive("statement", statement);
        PoolSettings.requirePositive("tcpUser", tcpUser);
        if (lockWait.toSeconds() < 1) {
            // The server counts lock waits in whole seconds.
            throw new IllegalArgumentException("lockWait: " + lockWait + " (expected: >= 1s)");
        }
        if (response.compareTo(statement) <= 0 || response.compareTo(lockWait) <= 0) {
            throw new IllegalArgumentException("response: " + response + " (expected: > statement " + statement
                    + " and lockWait " + lockWait + ")");
        }
    }

    /** Returns the defaults: 2 s to connect, 3 s for statements and for locks, 5 s for a response, 2 s for TCP. */
    public static MySqlTimeouts defaults() {
        return new MySqlTimeouts(
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2));
    }
}
