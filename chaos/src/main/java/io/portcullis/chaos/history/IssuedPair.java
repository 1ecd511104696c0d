package io.portcullis.chaos.history;

/**
 * A pair that was handed out, by the digests of its tokens: never the tokens themselves.
 *
 * @param expiresAt when the access token expires, in {@link System#nanoTime()}
 */
public record IssuedPair(String access, String refresh, long expiresAt) {}
