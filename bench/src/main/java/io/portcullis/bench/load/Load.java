package io.portcullis.bench.load;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A load, which a {@link LoadGenerator} applies.
 *
 * @param path the path of all requests, such as {@code /api/small}
 * @param connections the number of persistent connections, each with one request in flight
 * @param bodyBytes the size of the request body; above 0 the method is POST
 * @param tokens a file with one bearer token a line, used in turn; null for requests without a token
 * @param headers the headers of each request in addition to the token
 * @param credential the header that contains the token, and the text before the token
 * @param randomMethods whether each request but the first has a random unknown method; only without tokens
 */
public record Load(
        String path,
        int connections,
        int bodyBytes,
        @Nullable Path tokens,
        Map<String, String> headers,
        Credential credential,
        boolean randomMethods) {
    /** The header in which a request presents its token. */
    public enum Credential {
        HEADER("Authorization", "Bearer "),
        COOKIE("Cookie", "theme=dark; __Host-portcullis_access=");

        private final String header;
        private final String prefix;

        Credential(String header, String prefix) {
            this.header = header;
            this.prefix = prefix;
        }

        String header() {
            return header;
        }

        String prefix() {
            return prefix;
        }
    }

    public Load {
        headers = Map.copyOf(headers);
    }

    public Load(String path, int connections, int bodyBytes, @Nullable Path tokens) {
        this(path, connections, bodyBytes, tokens, Map.of(), Credential.HEADER, false);
    }

    /** Returns this load with the tokens in the access cookie. */
    public Load withCookies() {
        return new Load(path, connections, bodyBytes, tokens, headers, Credential.COOKIE, randomMethods);
    }

    String method() {
        return bodyBytes > 0 ? "POST" : "GET";
    }
}
