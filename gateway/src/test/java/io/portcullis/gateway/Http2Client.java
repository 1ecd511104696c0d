package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client that speaks HTTP/2 over TLS with a node, on one connection. */
final class Http2Client {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final GatewayNode node;
    private final HttpClient http;

    Http2Client(GatewayNode node) throws Exception {
        this.node = node;
        this.http = client(HttpClient.Version.HTTP_2);
    }

    /** Returns a client that trusts the nodes' certificate. */
    static HttpClient client(HttpClient.Version version) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TestKeys.clientContext())
                .build();
    }

    HttpClient http() {
        return http;
    }

    /** Header names and values in turn. */
    HttpRequest.Builder request(String path, @Nullable String token, String... headers) {
        var request = HttpRequest.newBuilder(node.uri(path)).timeout(LIMIT);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return headers.length == 0 ? request : request.headers(headers);
    }

    <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) throws Exception {
        HttpResponse<T> response = http.send(request.build(), body);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        return response;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, @Nullable String token, String... headers) throws Exception {
        return send(request(path, token, headers));
    }

    HttpResponse<String> post(String path, @Nullable String token) throws Exception {
        return send(request(path, token).POST(HttpRequest.BodyPublishers.noBody()));
    }

    JsonNode login(String user, String password) throws Exception {
        return GatewayNode.data(send(node.loginRequest(user, password)));
    }
}
