package io.portcullis.gateway.problem;

import java.util.Locale;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The path of the decision endpoint (docs/behind-other-proxies.md). Another proxy reads only the status of its responses, so a refusal must
 * never have the status 200, and CORS rules must not answer in the place of the endpoint.
 */
public final class DecisionPath {
    /** The path. */
    public static final String PATH = "/system/auth/check";

    private static final PathPattern PATTERN = PathPatternParser.defaultInstance.parse(PATH);

    private DecisionPath() {}

    /** Returns whether this is the path of the decision endpoint. */
    public static boolean matches(PathContainer path) {
        return PATTERN.matches(path);
    }

    /**
     * Returns whether a path that was refused may have been meant for the decision endpoint, such as one with a second slash. Reads the
     * path as it was received.
     */
    static boolean isMeant(String rawPath) {
        return rawPath.toLowerCase(Locale.ROOT).contains("auth/check")
                || PATTERN.matches(PathContainer.parsePath(rawPath));
    }
}
