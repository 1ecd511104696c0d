package io.portcullis.bench.load;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What wrk sends.
 *
 * @param path such as {@code /api/small}
 * @param connections kept alive, each with one request under way
 * @param bodyBytes of the request; more than 0 makes it a POST
 * @param tokens a file with a bearer token per line, taken in turn; null for requests without one
 */
public record Load(
        String path,
        int connections,
        int bodyBytes,
        @Nullable Path tokens) {
    String method() {
        return bodyBytes > 0 ? "POST" : "GET";
    }
}
