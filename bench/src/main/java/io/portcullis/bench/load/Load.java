package io.portcullis.bench.load;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What wrk sends.
 *
 * @param path such as {@code /api/small}
 * @param connections kept alive, each with one request under way
 * @param bodyBytes of the request; more than 0 makes it a POST
 * @param tokens a file with a bearer token per line, taken in turn; null for requests without one
 * @param headers of each request, beside the token
 * @param randomMethods whether each request has a method of its own, which no server knows; only without tokens
 */
public record Load(
        String path,
        int connections,
        int bodyBytes,
        @Nullable Path tokens,
        Map<String, String> headers,
        boolean randomMethods) {
    public Load {
        headers = Map.copyOf(headers);
    }

    public Load(String path, int connections, int bodyBytes, @Nullable Path tokens) {
        this(path, connections, bodyBytes, tokens, Map.of(), false);
    }

    String method() {
        return bodyBytes > 0 ? "POST" : "GET";
    }
}
