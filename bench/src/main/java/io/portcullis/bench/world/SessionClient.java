package io.portcullis.bench.world;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** A client that logs in, refreshes and logs out at a gateway. Not thread-safe. */
public final class SessionClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern REFRESH_TOKEN = Pattern.compile("\"refreshToken\":\"([^\"]+)\"");
    private static final Pattern DONE = Pattern.compile("\"code\":0\\b");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;

    public SessionClient(int port) {
        this.base = "http://127.0.0.1:" + port + "/system/auth/";
    }

    /** Logs in. Returns the refresh token, empty if the login was refused. */
    public Optional<String> login(String username, String password) {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password);
        return refreshToken(send(post("login", "application/json", body)));
    }

    /** Refreshes a session. Returns the next refresh token, empty if the refresh was refused. */
    public Optional<String> refresh(String refreshToken) {
        return refreshToken(
                send(post("refresh-token", "application/x-www-form-urlencoded", "refreshToken=" + refreshToken)));
    }

    /** Logs out. Returns whether the session has ended. */
    public boolean logout(String accessToken) {
        HttpRequest.Builder request = post("logout", "application/x-www-form-urlencoded", "");
        return DONE.matcher(send(request.header("Authorization", "Bearer " + accessToken)))
                .find();
    }

    private HttpRequest.Builder post(String call, String type, String body) {
        return HttpRequest.newBuilder(URI.create(base + call))
                .timeout(LIMIT)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    }

    private String send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Optional<String> refreshToken(String response) {
        var token = REFRESH_TOKEN.matcher(response);
        return token.find() ? Optional.of(token.group(1)) : Optional.empty();
    }
}
