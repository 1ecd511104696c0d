package io.portcullis.core.token.store;

import java.time.Duration;

/**
 * Represents an access token that passes according to MySQL.
 *
 * @param remaining the time for which the token still passes, by the database's clock: until its expiry or, if a refresh has
 *     replaced it, until the end of its grace window
 */
public record LiveAccessToken(Identity identity, Duration remaining) {}
