package io.portcullis.core.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Lower-case hex SHA-256: what the stores hold instead of a token. */
final class TokenDigest {
    // A provider look-up takes a lock and may read files, so it happens once a thread and never again.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(TokenDigest::newSha256);

    private TokenDigest() {}

    static String of(String tokenValue) {
        return HexFormat.of().formatHex(SHA_256.get().digest(tokenValue.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
