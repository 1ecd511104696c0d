package io.portcullis.core.token;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Paths of requests as logs have them. A client may have put a token into a path, where no part of the gateway looks for one. */
public final class LoggedPath {
    private static final String REPLACEMENT = "***";

    private LoggedPath() {}

    /**
     * Returns the path with {@code ***} in place of each segment that has the prefix of a token, also percent-encoded.
     *
     * @param path a path with its percent-encoding, which may be malformed
     */
    public static String withoutTokens(String path) {
        if (path.indexOf('%') < 0 && !hasToken(path)) {
            return path;
        }
        return Arrays.stream(path.split("/", -1))
                .map(segment -> hasToken(decoded(segment)) ? REPLACEMENT : segment)
                .collect(Collectors.joining("/"));
    }

    private static boolean hasToken(String text) {
        for (TokenKind kind : TokenKind.values()) {
            if (text.contains(kind.prefix())) {
                return true;
            }
        }
        return false;
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
