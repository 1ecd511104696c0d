package io.portcullis.core.token.store;

import java.time.Duration;

/**
 * An access token that passes by what MySQL says.
 *
 * @param remaining how long it does so by the database's clock: until it expires or, if a refresh has replaced it, until the grace
 *     window ends
 */
public record LiveAccessToken(Identity identity, Duration remaining) {}
