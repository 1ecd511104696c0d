package io.portcullis.chaos.history;

/**
 * A pair of tokens that a client received, as digests only.
 *
 * @param access the digest of the access token
 * @param refresh the digest of the refresh token
 * @param expiresAt the expiry of the access token, in terms of {@link System#nanoTime()}
 */
public record IssuedPair(String access, String refresh, long expiresAt) {}
