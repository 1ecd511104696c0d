package io.portcullis.chaos;

import java.time.Duration;

/**
 * How hard the clients press.
 *
 * @param users with accounts of their own
 * @param maxRestMillis the longest rest of a client between two operations
 * @param maxHold the longest time that faults last
 */
record Load(int users, int maxRestMillis, Duration maxHold) {}
