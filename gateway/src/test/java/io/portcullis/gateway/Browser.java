package io.portcullis.gateway;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the gateway's cookies as a browser does, and sends them with each request, of which it says that it comes from the
 * gateway's own origin.
 */
final class Browser {
    static final String ACCESS = "__Host-portcullis_access";
    static final String REFRESH = "__Host-portcullis_refresh";

    private final Map<String, String> cookies = new ConcurrentSkipListMap<>();

    /** Logs in with cookies. */
    static Browser loggedIn(GatewayNode node, String username, String password) throws Exception {
        Browser browser = new Browser();
        var response = browser.login(node, username, password);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.body());
        }
        return browser;
    }

    HttpResponse<String> login(GatewayNode node, String username, String password) throws Exception {
        return call(
                node,
                "POST",
                "/system/auth/login",
                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password));
    }

    HttpResponse<String> get(GatewayNode node, String path) throws Exception {
        return call(node, "GET", path, null);
    }

    /** Sends a request with the cookies, and keeps the cookies of the response. A body is sent as JSON. */
    HttpResponse<String> call(GatewayNode node, String method, String path, @Nullable String json) throws Exception {
        HttpResponse<String> response =
                GatewayNode.send(request(node, method, path, json).header("Sec-Fetch-Site", "same-origin"));
        keep(response.headers().allValues("Set-Cookie"));
        return response;
    }

    /** Returns a request with the cookies, and without a word on where it comes from. */
    HttpRequest.Builder request(GatewayNode node, String method, String path, @Nullable String json) {
        var body = json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json);
        var request = HttpRequest.newBuilder(node.uri(path)).method(method, body);
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        return cookies.isEmpty() ? request : request.header("Cookie", header());
    }

    /** Returns the value of {@code Cookie}. */
    String header() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    /** Applies the values of {@code Set-Cookie}. */
    void keep(List<String> setCookies) {
        for (String cookie : setCookies) {
            int equals = cookie.indexOf('=');
            String name = cookie.substring(0, equals);
            if (cookie.contains("Max-Age=0")) {
                cookies.remove(name);
            } else {
                cookies.put(name, cookie.substring(equals + 1, cookie.indexOf(';')));
            }
        }
    }

    String value(String name) {
        return Objects.requireNonNull(cookies.get(name), () -> "no cookie " + name);
    }

    boolean isEmpty() {
        return cookies.isEmpty();
    }

    Browser with(String name, String value) {
        Browser other = new Browser();
        other.cookies.putAll(cookies);
        other.cookies.put(name, value);
        return other;
    }

    Browser without(String name) {
        Browser other = new Browser();
        other.cookies.putAll(cookies);
        other.cookies.remove(name);
        return other;
    }
}
