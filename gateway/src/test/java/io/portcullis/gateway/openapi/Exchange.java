package io.portcullis.gateway.openapi;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.util.MultiValueMap;

/**
 * A request to an own endpoint and its response, as the node saw them.
 *
 * @param path the path below the base path, as it was received
 * @param statusInBody whether the node answers failures with status 200
 */
record Exchange(
        String method,
        String path,
        MultiValueMap<String, String> query,
        HttpHeaders requestHeaders,
        String requestBody,
        int status,
        HttpHeaders headers,
        String body,
        boolean statusInBody) {
    /** The text form has neither tokens nor secrets. */
    @Override
    public String toString() {
        return method + " " + path + (query.isEmpty() ? "" : "?" + List.copyOf(query.keySet())) + " -> " + status;
    }
}
