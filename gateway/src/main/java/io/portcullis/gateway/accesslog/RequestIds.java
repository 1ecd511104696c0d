package io.portcullis.gateway.accesslog;

import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.gateway.forwarded.CanonicalHeaderName;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Gives each request an id: the one that a trusted proxy has given it, otherwise a new one of 32 hexadecimal digits. An id is no secret,
 * and unique as far as random numbers are.
 */
final class RequestIds {
    private static final String NAME = AccessRecord.REQUEST_ID.toLowerCase(Locale.ROOT);
    private static final int MAX_LENGTH = 128;
    private static final String PUNCTUATION = "-_.~:/+=@";

    private RequestIds() {}

    /**
     * Removes the header, in each spelling that a service may take for it, and returns the id.
     *
     * @param trusted whether the header is a trusted proxy's
     */
    static String take(HttpHeaders headers, boolean trusted) {
        List<String> received = headers.getAll(AccessRecord.REQUEST_ID);
        List<String> names = headers.names().stream().filter(RequestIds::isName).toList();
        names.forEach(headers::remove);
        return trusted && received.size() == 1 && isValid(received.get(0)) ? received.get(0) : create();
    }

    private static boolean isName(String name) {
        return name.length() == NAME.length()
                && (name.charAt(0) | 0x20) == 'x'
                && CanonicalHeaderName.canonical(name).equals(NAME);
    }

    private static boolean isValid(String id) {
        return !id.isEmpty() && id.length() <= MAX_LENGTH && id.chars().allMatch(RequestIds::isValid);
    }

    private static boolean isValid(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || PUNCTUATION.indexOf(c) >= 0;
    }

    private static String create() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
