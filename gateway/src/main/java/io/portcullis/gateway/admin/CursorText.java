package io.portcullis.gateway.admin;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.paging.Counted;
import io.portcullis.core.paging.Cursor;
import io.portcullis.gateway.endpoint.RequestFields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Converts cursors to and from the parameter {@code after}: {@code base64url(millis~id~total~more~filters~check)}. {@code filters}
 * and {@code check} are truncated SHA-256 digests of the filters and of the text before. They detect mistakes and are no
 * protection against forgery: a forged cursor selects nothing that its sender could not list anyway.
 */
final class CursorText {
    private static final String SEPARATOR = "~";
    private static final int PARTS = 6;
    private static final int DIGEST_BYTES = 6;
    private static final int MAX_LENGTH = 512;

    private CursorText() {}

    static String of(Cursor cursor, Record filters) {
        Counted counted = cursor.counted();
        String text = String.join(
                SEPARATOR,
                Long.toString(cursor.at().toEpochMilli()),
                cursor.id(),
                Long.toString(counted.total()),
                Boolean.toString(counted.more()),
                digest(filters.toString()));
        byte[] bytes = (text + SEPARATOR + digest(text)).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the cursor. Throws {@code BAD_REQUEST} if the text is damaged, or is of a page with other filters. */
    static Cursor parse(String after, Record filters) {
        String text = decode(after);
        String[] parts = text.split(SEPARATOR, -1);
        int end = text.lastIndexOf(SEPARATOR);
        if (parts.length != PARTS || !digest(text.substring(0, end)).equals(parts[5])) {
            throw damaged();
        }
        if (!digest(filters.toString()).equals(parts[4])) {
            throw RequestFields.invalidField(
                    "after", "the next of a page of this list with the same filters; this one had other filters");
        }
        return cursor(parts);
    }

    private static Cursor cursor(String... parts) {
        try {
            var counted = new Counted(Long.parseLong(parts[2]), Boolean.parseBoolean(parts[3]));
            return new Cursor(Instant.ofEpochMilli(Long.parseLong(parts[0])), parts[1], counted);
        } catch (NumberFormatException e) {
            throw damaged();
        }
    }

    private static String decode(String after) {
        if (after.length() > MAX_LENGTH) {
            throw damaged();
        }
        try {
            return new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw damaged();
        }
    }

    private static PortcullisException damaged() {
        return RequestFields.invalidField("after", "the next of a page, unchanged");
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
