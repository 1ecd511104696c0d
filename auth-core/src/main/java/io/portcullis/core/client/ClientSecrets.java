package io.portcullis.core.client;

import io.portcullis.core.token.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;

/**
 * Creates and compares the secrets of clients. A secret is long and random, so nobody can guess it from its digest, and a plain
 * SHA-256 keeps a flood of wrong secrets cheap (docs/adr/0037). Comparisons take constant time.
 */
public final class ClientSecrets {
    /** The least length of a secret that the operator chooses. */
    public static final int MIN_LENGTH = 32;

    /** The greatest length of a secret. */
    public static final int MAX_LENGTH = 256;

    /** The beginning of the secrets that the gateway creates, for scanners that look for leaked secrets. */
    public static final String PREFIX = "pcs_";

    private static final int RANDOM_BYTES = 32;

    private ClientSecrets() {}

    /** Returns a new secret of 256 random bits. */
    public static String create(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the digest under which a secret is kept. */
    public static String digest(String secret) {
        return TokenDigest.of(secret);
    }

    /** Returns whether one of the presented texts is one of the secrets. */
    static boolean anyMatches(Collection<String> presented, Collection<String> digests) {
        boolean matches = false;
        for (String secret : presented) {
            byte[] digest = bytes(digest(secret));
            for (String known : digests) {
                matches |= MessageDigest.isEqual(digest, bytes(known));
            }
        }
        return matches;
    }

    private static byte[] bytes(String digest) {
        return digest.getBytes(StandardCharsets.US_ASCII);
    }
}
