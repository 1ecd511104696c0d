package io.portcullis.core.token.store;

import java.time.Duration;

/**
 * The entries of the ledger whose tombstone no node has confirmed in Redis.
 *
 * @param entries the number of entries, as far as they were counted
 * @param oldestAge the age of the oldest of these entries, from the time at which it came into force; zero if there is none
 */
public record LedgerBacklog(long entries, Duration oldestAge) {}
