package io.portcullis.bench.world;

import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.Pause;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests to check that a server is ready and responds as expected.
 *
 * @param client the client that sends the requests
 */
public record Readiness(HttpClient client) {
    /** Sends requests without TLS. */
    public static final Readiness PLAIN = new Readiness(HttpClient.newHttpClient());

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration RESPONSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(20);

    /** Sends requests with TLS, and trusts the certificate. */
    public static Readiness trusting(Tls tls) {
        return new Readiness(HttpClient.newBuilder().sslContext(tls.trust()).build());
    }

    /**
     * Waits until a request is answered with 200.
     *
     * @throws IllegalStateException if the process ends or the time expires
     */
    public void await(ChildProcess process, String origin, String path, @Nullable String token) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (status(origin, path, token) != 200) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw process.failure(process.isAlive() ? "did not get ready" : "ended");
            }
            Pause.of(POLL);
        }
    }

    /** Returns the status of a response, 0 if there is none. */
    private int status(String origin, String path, @Nullable String token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(origin + path)).timeout(RESPONSE_LIMIT);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Returns the body of a response, empty if there is none. */
    public static String body(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(RESPONSE_LIMIT)
                .build();
        try {
            return PLAIN.client
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
