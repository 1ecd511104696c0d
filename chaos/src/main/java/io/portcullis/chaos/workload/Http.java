package io.portcullis.chaos.workload;

import io.portcullis.chaos.world.GatewayProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests to nodes and measures their duration. A failed exchange yields an {@link CallResult} with status 0. */
final class Http {
    private static final Duration LIMIT = Duration.ofSeconds(12);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    CallResult send(GatewayProcess node, String method, String path, @Nullable Secret bearer, @Nullable String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.uri(path)).timeout(LIMIT);
        request.method(
                method, json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json));
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer.value());
        }
        long invokedAt = System.nanoTime();
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new CallResult(response.statusCode(), parse(response.body()), invokedAt, System.nanoTime());
        } catch (IOException e) {
            return new CallResult(0, null, invokedAt, System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CallResult(0, null, invokedAt, System.nanoTime());
        }
    }

    /** Parses the body of a response; null if it is no JSON. */
    static @Nullable JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return null;
        }
    }
}
