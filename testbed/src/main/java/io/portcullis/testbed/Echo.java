package io.portcullis.testbed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an echo service received.
 *
 * @param path as received, nothing decoded
 * @param query as received, empty if there was none
 * @param headers by their names as received, each with its values in their order
 */
record Echo(String method, String path, String query, Map<String, List<String>> headers, String body) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Echo of(HttpServerRequest request, String body) {
        String uri = request.uri();
        int mark = uri.indexOf('?');
        String query = mark < 0 ? "" : uri.substring(mark + 1);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        request.requestHeaders()
                .forEach(header -> headers.computeIfAbsent(header.getKey(), name -> new ArrayList<>())
                        .add(header.getValue()));
        return new Echo(request.method().name(), path(uri), query, headers, body);
    }

    /** The part of a request target before the query. */
    static String path(String uri) {
        int mark = uri.indexOf('?');
        return mark < 0 ? uri : uri.substring(0, mark);
    }

    String toJson() {
        return JSON.writeValueAsString(this);
    }
}
