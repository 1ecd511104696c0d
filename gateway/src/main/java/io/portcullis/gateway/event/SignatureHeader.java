package io.portcullis.gateway.event;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs the body of an event: {@code t=<epoch seconds>,v1=<hex>}, where {@code hex} is the HMAC-SHA256 of {@code <epoch seconds>.<body>}
 * under the UTF-8 bytes of the secret. With two secrets the header has two {@code v1}, so a receiver that knows either of them accepts
 * the event. Safe to share between threads.
 */
final class SignatureHeader {
    static final String NAME = "X-Portcullis-Signature";
    private static final String ALGORITHM = "HmacSHA256";

    private final List<Mac> prototypes;

    SignatureHeader(List<String> secrets) {
        this.prototypes = secrets.stream().map(SignatureHeader::newMac).toList();
    }

    private static Mac newMac(String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is not available (expected: on every Java platform)", e);
        }
    }

    /** Returns the value of the header for this body, sent at this time. */
    String sign(Instant at, byte[] body) {
        String time = Long.toString(at.getEpochSecond());
        StringBuilder value = new StringBuilder("t=").append(time);
        for (Mac prototype : prototypes) {
            Mac mac = copy(prototype);
            mac.update((time + ".").getBytes(StandardCharsets.US_ASCII));
            value.append(",v1=").append(HexFormat.of().formatHex(mac.doFinal(body)));
        }
        return value.toString();
    }

    /** A copy needs no look-up of the algorithm, which may block. */
    private static Mac copy(Mac prototype) {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(
                    "The platform's " + ALGORITHM + " cannot be copied (expected: that it can)", e);
        }
    }
}
