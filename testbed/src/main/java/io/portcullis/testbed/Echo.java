package io.portcullis.testbed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request as an echo service received it.
 *
 * @param path the path, not decoded
 * @param query the query, not decoded; empty if there is none
 * @param headers the values of each header in their order, by header name as received
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

    /** Returns the part of a request target before the query. */
    static String path(String uri) {
        int mark = uri.indexOf('?');
        return mark < 0 ? uri : uri.substring(0, mark);
    }

    String toJson() {
        return JSON.writeValueAsString(this);
    }
}
