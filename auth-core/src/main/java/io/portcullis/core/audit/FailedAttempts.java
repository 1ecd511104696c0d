package io.portcullis.core.audit;

/**
 * The number of wrong passwords in the login log, as {@link LoginLogRepository#countFailedAttempts} counts them.
 *
 * @param fromAddressBlock the wrong passwords from one block of addresses
 * @param total the wrong passwords from all addresses, counted only for an existing account
 */
public record FailedAttempts(long fromAddressBlock, long total) {}
