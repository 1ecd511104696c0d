package io.portcullis.bench.load;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The load that wrk generates.
 *
 * @param path the path of all requests, such as {@code /api/small}
 * @param connections the number of persistent connections, each with one request in flight
 * @param bodyBytes the size of the request body; above 0 the method is POST
 * @param tokens a file with one bearer token a line, used in turn; null for requests without a token
 * @param headers the headers of each request in addition to the token
 * @param randomMethods whether each request but the first has a random unknown method; only without tokens
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
