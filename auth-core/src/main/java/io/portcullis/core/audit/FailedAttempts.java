package io.portcullis.core.audit;

/**
 * How many wrong passwords the log holds.
 *
 * @param fromBlock those from one block of addresses
 * @param inAll those from everywhere, where the name is an account's
 */
public record FailedAttempts(long fromBlock, long inAll) {}
