package io.portcullis.bench.world;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client that calls a gateway's endpoints for sessions and its services. Thread-safe. */
public final class SessionClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern DONE = Pattern.compile("\"code\":0\\b");
    private static final String FORM = "application/x-www-form-urlencoded";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String origin;

    /** @param origin the scheme, host and port of the gateway */
    public SessionClient(String origin) {
        this.origin = origin;
    }

    /** Sends a request with an access token. */
    public CompletableFuture<Reply> get(String path, String access) {
        return send(request(path).header("Authorization", "Bearer " + access).GET());
    }

    /** Logs in. The response has an access and a refresh token. */
    public CompletableFuture<Reply> login(String username, String password) {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password);
        return send(post("/system/auth/login", "application/json", body));
    }

    /** Refreshes a session. The response has the next tokens. */
    public CompletableFuture<Reply> refresh(String refreshToken) {
        return send(post("/system/auth/refresh-token", FORM, "refreshToken=" + refreshToken));
    }

    /** Logs out. */
    public CompletableFuture<Reply> logout(String access) {
        return send(post("/system/auth/logout", FORM, "").header("Authorization", "Bearer " + access));
    }

    /** Ends all sessions of a user, with the access token of an administrator. */
    public CompletableFuture<Reply> kick(String userId, String administrator) {
        return send(request("/system/user/" + userId + "/sessions")
                .header("Authorization", "Bearer " + administrator)
                .DELETE());
    }

    private HttpRequest.Builder post(String path, String type, String body) {
        return request(path)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(origin + path)).timeout(LIMIT);
    }

    private CompletableFuture<Reply> send(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Reply(response.statusCode(), response.body()));
    }

    /** A response. */
    public record Reply(int status, String body) {
        /** Returns whether a call of the gateway's own endpoints was done. */
        public boolean succeeded() {
            return status == 200 && DONE.matcher(body).find();
        }

        /** Returns a field of text of the JSON body, null if there is none. */
        public @Nullable String text(String field) {
            Matcher found = Pattern.compile("\"" + field + "\":\"([^\"]+)\"").matcher(body);
            return found.find() ? found.group(1) : null;
        }
    }
}
