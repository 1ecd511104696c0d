package io.portcullis.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/** A receiver of session events that keeps each request, and whose answers a test scripts. */
final class WebhookServer implements AutoCloseable {
    /** The answer that closes the connection without a response. */
    static final int CLOSE = 0;
    /** The answer that comes, with the status 200, when the server is closed or {@link #releaseHanging} is called. */
    static final int HANG = 1;

    private static final String TARGET = "/hook?tenant=1";

    private static final String TOKEN = "application/secevent+jwt";

    /**
     * A request as it arrived.
     *
     * @param event the body, or the claims in it if it is a token
     */
    record Received(Headers headers, String body, JsonNode event) {
        String id() {
            return isToken() ? event.get("jti").asString() : headers.getFirst("X-Portcullis-Event-Id");
        }

        String signature() {
            return headers.getFirst("X-Portcullis-Signature");
        }

        String session() {
            return isToken()
                    ? event.at("/sub_id/session/id").asString()
                    : event.get("sessionId").asString();
        }

        /** Returns the type, of a token without its prefix. */
        String type() {
            return isToken()
                    ? uri().substring(uri().lastIndexOf('/') + 1)
                    : event.get("type").asString();
        }

        private String uri() {
            return event.get("events").propertyNames().iterator().next();
        }

        /** Returns the device, which tests use to tell sessions apart before they know their ids. */
        String device() {
            return event.path("device").asString("");
        }

        String reason() {
            return isToken()
                    ? event.get("events").get(uri()).at("/reason_admin/en").asString()
                    : event.get("reason").asString();
        }

        private boolean isToken() {
            return TOKEN.equals(headers.getFirst("Content-Type"));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> requests = new ArrayList<>();
    private final List<Received> accepted = new ArrayList<>();
    /** The method and target of each request that was no event. */
    private final List<String> others = new ArrayList<>();

    private volatile CountDownLatch hanging = new CountDownLatch(1);
    private volatile Function<Received, Integer> answers = request -> 204;

    private volatile String answerBody = "internal text of the receiver";

    private WebhookServer(HttpServer server) {
        this.server = server;
    }

    static WebhookServer start() throws IOException {
        return start(0);
    }

    static WebhookServer start(int port) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        WebhookServer server = new WebhookServer(http);
        http.setExecutor(server.threads);
        http.createContext("/", server::serve);
        http.start();
        return server;
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + TARGET;
    }

    /** Answers further requests with the status that the function returns, or as {@link #CLOSE} and {@link #HANG} say. */
    void answer(Function<Received, Integer> statuses) {
        answers = statuses;
    }

    /** Answers further requests with this body, unless the status is 204. */
    void answerBody(String body) {
        answerBody = body;
    }

    /** Answers the requests that hang. */
    void releaseHanging() {
        hanging.countDown();
        hanging = new CountDownLatch(1);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            if (!target.equals("POST " + TARGET)) {
                synchronized (requests) {
                    others.add(target);
                }
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            String json = TOKEN.equals(headers.getFirst("Content-Type")) ? payload(body) : body;
            var received = new Received(headers, body, GatewayNode.JSON.readTree(json));
            synchronized (requests) {
                requests.add(received);
            }
            respond(exchange, received, answers.apply(received));
        }
    }

    private static String payload(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    }

    private void respond(HttpExchange exchange, Received received, int answer) throws IOException {
        int status = answer;
        if (answer == CLOSE) {
            return;
        }
        if (answer == HANG) {
            awaitRelease();
            status = 200;
        }
        if (status < 300) {
            synchronized (requests) {
                accepted.add(received);
            }
        }
        if (status / 100 == 3) {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
        }
        byte[] body = status == 204 ? new byte[0] : answerBody.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private void awaitRelease() throws IOException {
        try {
            boolean unused = hanging.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Returns all requests for a session, in the order of their arrival. */
    List<Received> requests(String session) {
        synchronized (requests) {
            return requests.stream()
                    .filter(each -> each.session().equals(session))
                    .toList();
        }
    }

    /** Returns the requests for a session that were answered with success, in the order of the answers. */
    List<Received> accepted(String session) {
        synchronized (requests) {
            return accepted.stream()
                    .filter(each -> each.session().equals(session))
                    .toList();
        }
    }

    List<String> others() {
        synchronized (requests) {
            return List.copyOf(others);
        }
    }

    /** Waits until the session has so many accepted events, and returns them. */
    List<Received> await(String session, int events) {
        Await.until("the events of the session arrive", () -> accepted(session).size() >= events);
        return accepted(session);
    }

    /** Verifies a signature as docs/events.md tells receivers to do. */
    static boolean verify(Received request, String secret) {
        String[] parts = request.signature().split(",", -1);
        String signed = parts[0].substring("t=".length()) + "." + request.body();
        String expected = "v1=" + hmac(secret, signed);
        return List.of(parts).subList(1, parts.length).contains(expected);
    }

    private static String hmac(String secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        releaseHanging();
        server.stop(0);
        threads.shutdownNow();
    }
}
