package io.portcullis.gateway.endpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** The content codings of a body in the order in which they were applied (RFC 9110 section 8.4), without {@code identity}. */
record ContentCodings(List<String> names) {
    /** A compressed body is kept until its end. */
    private static final int MAX_ENCODED_BYTES = 16 * 1024;

    private static final int MAX_RATIO = 16;
    private static final int FREE_BYTES = 1024;
    private static final String DEFLATE = "deflate";
    private static final Set<String> DECODED = Set.of("gzip", "x-gzip", DEFLATE);

    static ContentCodings of(HttpHeaders headers) {
        return new ContentCodings(headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty() && !name.equals("identity"))
                .toList());
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Returns whether {@link #decode} can decode the body: there is one coding, and it is known. */
    boolean areDecoded() {
        return names.size() == 1 && DECODED.contains(names.get(0));
    }

    /** Returns how many bytes of an encoded body are read, so that open requests hold little memory. */
    static int maxEncodedBytes() {
        return MAX_ENCODED_BYTES;
    }

    /**
     * Decodes a body with one known coding. The result has at most 16 times the size of the body and 1 KB more, so that the work follows
     * the size of what a client sends. If the body is broken, or there is more, the result is the part before that point.
     */
    DecodedBody decode(byte[] body) {
        return Inflation.of(body, names.get(0).equals(DEFLATE), MAX_RATIO * body.length + FREE_BYTES);
    }
}
