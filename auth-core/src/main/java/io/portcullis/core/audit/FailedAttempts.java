package io.portcullis.core.audit;

/**
 * The number of wrong passwords in the login log, as {@link LoginLogRepository#countFailedAttempts} counts them.
 *
 * @param fromBlock the wrong passwords from one block of addresses
 * @param inAll the wrong passwords from all addresses, counted only for an existing account
 */
public record FailedAttempts(long fromBlock, long inAll) {}
