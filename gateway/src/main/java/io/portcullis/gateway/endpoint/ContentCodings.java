package io.portcullis.gateway.endpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** The content codings of a body in the order in which they were applied (RFC 9110 section 8.4), without {@code identity}. */
record ContentCodings(List<String> names) {
    private static final int MAX_DECODED = 4;
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

    /** Returns whether {@link #decode} can decode all codings: each is known, and there are at most four. */
    boolean areDecoded() {
        return names.size() <= MAX_DECODED && DECODED.containsAll(names);
    }

    /**
     * Decodes a body, beginning with the coding that was applied last. If a coding is broken, or decodes to more than {@code limit}
     * bytes, the part before that point is decoded further.
     */
    DecodedBody decode(byte[] body, int limit) {
        DecodedBody decoded = new DecodedBody(body, DecodedBody.Outcome.WHOLE);
        for (int i = names.size() - 1; i >= 0; i--) {
            decoded = decoded.then(Inflation.of(decoded.bytes(), names.get(i).equals(DEFLATE), limit));
        }
        return decoded;
    }
}
