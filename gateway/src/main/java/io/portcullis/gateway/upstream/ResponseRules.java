package io.portcullis.gateway.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.portcullis.gateway.upstream.InvalidResponseException.Violation;
import java.util.List;

/** The rules for the head of a message that do not depend on an exchange (RFC 9112). */
final class ResponseRules {
    private ResponseRules() {}

    /** Rejects a status that is no number of three digits from 100 (RFC 9112 section 4). */
    static void requireStatus(String status) {
        boolean valid = status.length() == 3
                && status.charAt(0) >= '1'
                && isDigit(status.charAt(0))
                && isDigit(status.charAt(1))
                && isDigit(status.charAt(2));
        if (!valid) {
            throw new Violation("status");
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Rejects other versions than HTTP/1 (RFC 9112 section 2.3). */
    static void requireVersion1(HttpMessage message) {
        if (message.protocolVersion().majorVersion() != 1) {
            throw new Violation("version");
        }
    }

    /** Accepts no transfer coding except {@code chunked}: the gateway sends no {@code TE}, and decodes no other coding. */
    static void requireChunkedAtMost(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() != 1
                    || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                            codings.get(0).strip())) {
                throw new Violation("transfer coding");
            }
        }
    }

    /**
     * Removes leading zeros of {@code Content-Length}. Netty has already parsed the value as decimal; clients may parse
     * leading zeros differently.
     */
    static void normaliseLength(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null
                && length.length() > 1
                && length.charAt(0) == '0'
                && length.chars().allMatch(Character::isDigit)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(Long.parseLong(length)));
        }
    }

    /** Returns whether the head announces a body of at least one byte, or one of unknown length. */
    static boolean announcesBody(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }
}
