package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Represents a response as the client received it, independently of its fragmentation, and without interim responses before it. */
record RawResponse(String status, Map<String, List<String>> headers, String body) {
    private static final String ECHO = "{\"method\"";
    private static final String INTERIM = "^(HTTP/1\\.1 1(?!01)\\d\\d[^\r]*\r\n([^\r]+\r\n)*\r\n)+";

    static RawResponse read(InputStream input) throws IOException {
        String all;
        try {
            all = new String(input.readAllBytes(), ISO_8859_1).replaceFirst(INTERIM, "");
        } catch (SocketException e) {
            all = "reset\r\n\r\n";
        }
        int end = all.indexOf("\r\n\r\n");
        if (end < 0) {
            return new RawResponse("cut after " + all, Map.of(), "");
        }
        String[] lines = all.substring(0, end).split("\r\n", -1);
        Map<String, List<String>> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.computeIfAbsent(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(lines[i].substring(colon + 1).strip());
        }
        if (lines[0].contains(" 304 ")) {
            // reactor-netty, on the filter chain, adds a transfer coding to 304 as the response to HEAD. It says
            // nothing: there is no body.
            headers.remove("transfer-encoding");
        }
        String text = all.substring(end + 4);
        String body = headers.containsKey("transfer-encoding") ? unchunked(text) : text;
        if (body.startsWith(ECHO)) {
            // As long as what the service saw, which may be said in two forms.
            headers.remove("content-length");
            return new RawResponse(lines[0], headers, comparable(body));
        }
        return new RawResponse(lines[0], headers, body);
    }

    private static String unchunked(String body) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (true) {
            int end = body.indexOf("\r\n", at);
            if (end < 0) {
                // The response to HEAD, or one that was cut.
                return text + body.substring(at) + " (no end)";
            }
            int size = Integer.parseInt(body.substring(at, end), 16);
            if (size == 0) {
                return text.toString();
            }
            text.append(body, end + 2, Math.min(body.length(), end + 2 + size));
            at = Math.min(body.length(), end + 2 + size + 2);
        }
    }

    /** What the echo service saw, its headers by name. */
    private static String comparable(String body) {
        JsonNode echo = GatewayNode.JSON.readTree(body);
        Map<String, String> headers = new TreeMap<>();
        // A request without a body may say so in either form.
        boolean empty = echo.get("body").asString().isEmpty();
        echo.get("headers")
                .properties()
                .forEach(header -> headers.merge(
                        header.getKey().toLowerCase(Locale.ROOT),
                        header.getValue().toString(),
                        String::concat));
        if (empty) {
            headers.keySet().removeAll(List.of("content-length", "transfer-encoding"));
        }
        return "%s %s %s %s %s"
                .formatted(echo.get("method"), echo.get("path"), echo.get("query"), headers, echo.get("body"));
    }
}
