package io.portcullis.chaos;

import java.time.Duration;

/**
 * The load that the clients generate.
 *
 * @param users the number of users with accounts of their own
 * @param maxRestMillis the longest pause of a client between two operations
 * @param maxHold the longest duration of the faults of a round
 */
record Load(int users, int maxRestMillis, Duration maxHold) {}
