package io.portcullis.core.token;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes unpadded base64url (RFC 4648 section 5) of whole three-byte groups. Unlike {@code java.util.Base64}, the decoder
 * returns null for malformed text: a flood of forged tokens must not cost one exception each.
 */
final class Base64Url {
    private static final byte[] VALUES = values();

    private Base64Url() {}

    private static byte[] values() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        return values;
    }

    /**
     * Decodes {@code text} from {@code start} to its end. The number of these characters must be a multiple of four. Returns null
     * if one of them is outside the base64url alphabet.
     */
    static byte @Nullable [] decode(String text, int start) {
        byte[] bytes = new byte[(text.length() - start) / 4 * 3];
        int position = 0;
        for (int i = start; i < text.length(); i += 4) {
            int group = (value(text, i) << 18)
                    | (value(text, i + 1) << 12)
                    | (value(text, i + 2) << 6)
                    | value(text, i + 3);
            if (group < 0) {
                return null;
            }
            bytes[position++] = (byte) (group >> 16);
            bytes[position++] = (byte) (group >> 8);
            bytes[position++] = (byte) group;
        }
        return bytes;
    }

    /** Returns the six bits of one character, or -1. The sign bit of -1 survives the shifts and ORs of the caller. */
    private static int value(String text, int index) {
        char c = text.charAt(index);
        return c < VALUES.length ? VALUES[c] : -1;
    }
}
