package io.portcullis.core.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes HMAC-SHA256 under one secret of the {@link KeyRing}. No method and no {@code toString} exposes the secret. Safe to
 * share between threads: each thread has its own {@link Mac}.
 */
final class SigningKey {
    static final int ID_LENGTH = 3;
    private static final byte[] ID_LABEL = "portcullis key id".getBytes(StandardCharsets.US_ASCII);
    private static final String ALGORITHM = "HmacSHA256";

    private final int id;
    private final Mac prototype;
    private final ThreadLocal<Mac> macs;

    SigningKey(byte[] secret) {
        this.id = idOf(secret);
        this.prototype = newMac(secret);
        this.macs = ThreadLocal.withInitial(this::copy);
    }

    /** Derives the id from the secret. A key then has the same id on every node, and the configuration holds secrets only. */
    static int idOf(byte[] secret) {
        MessageDigest sha256 = TokenDigest.newSha256();
        sha256.update(ID_LABEL);
        return readId(sha256.digest(secret), 0);
    }

    /** Reads a key id, three bytes in big-endian order. */
    static int readId(byte[] bytes, int offset) {
        return ((bytes[offset] & 0xff) << 16) | ((bytes[offset + 1] & 0xff) << 8) | (bytes[offset + 2] & 0xff);
    }

    int id() {
        return id;
    }

    /** Returns the HMAC (32 bytes) of {@code prefix} followed by the first {@code length} bytes of {@code body}. */
    byte[] sign(byte[] prefix, byte[] body, int length) {
        Mac mac = macs.get();
        mac.update(prefix);
        mac.update(body, 0, length);
        return mac.doFinal();
    }

    static Mac newMac(byte[] secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is not available (expected: on every Java platform)", e);
        }
    }

    /**
     * Clones the prototype: that avoids the provider look-up, which takes a lock, and the derivation of the inner key per thread.
     */
    private Mac copy() {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(ALGORITHM + " does not support clone() (expected: a cloneable Mac)", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[id=%06x]".formatted(id);
    }
}
