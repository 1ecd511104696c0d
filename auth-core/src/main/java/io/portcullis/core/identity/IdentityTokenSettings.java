package io.portcullis.core.identity;

/**
 * Settings of {@link IdentityTokens}.
 *
 * @param issuer the claim {@code iss}
 * @param maxCached the number of tokens that a node keeps for further requests
 */
public record IdentityTokenSettings(String issuer, int maxCached) {}
