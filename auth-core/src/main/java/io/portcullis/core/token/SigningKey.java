package io.portcullis.core.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One secret of the ring: its id, and HMAC-SHA256 under it. Never shows the secret. */
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

    /** Derived from the secret, so that configuration is secrets only and a key has the same id on every node. */
    private static int idOf(byte[] secret) {
        MessageDigest sha256 = TokenDigest.newSha256();
        sha256.update(ID_LABEL);
        return readId(sha256.digest(secret), 0);
    }

    static int readId(byte[] bytes, int offset) {
        return ((bytes[offset] & 0xff) << 16) | ((bytes[offset + 1] & 0xff) << 8) | (bytes[offset + 2] & 0xff);
    }

    int id() {
        return id;
    }

    /** HMAC of {@code prefix} followed by the first {@code length} bytes of {@code body}. */
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
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** A clone spares each thread the provider look-up, which takes a lock, and the derivation of the inner key. */
    private Mac copy() {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(ALGORITHM + " of this platform cannot be cloned", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[id=%06x]".formatted(id);
    }
}
