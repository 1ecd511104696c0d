package io.portcullis.testbed;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An example of a login service, which logs in by a code that it sends by text message (docs/login-services.md). It keeps the messages
 * instead of sending them. A real service also limits the codes of one number and of one address, and lets a code expire.
 *
 * <ul>
 *   <li>{@code POST /login/sms/code} with {@code {"phone":"+4912345"}}: sends a code; 202;
 *   <li>{@code POST /login/sms} with {@code {"phone":"+4912345","code":"123456"}}: opens a session; 403 for a wrong code, which is then used up.
 * </ul>
 */
public final class TextMessageLogin implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CODES = 1_000_000;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, String> codes = new ConcurrentHashMap<>();
    private final LoopResources loops = LoopResources.create("text-message-login", 1, true);
    private final DisposableServer server;

    private TextMessageLogin() {
        server = HttpServer.create()
                .host(Ports.LOOPBACK)
                .port(0)
                .runOn(loops)
                .route(this::route)
                .bindNow();
    }

    /** Starts the service on a free port. */
    public static TextMessageLogin start() {
        return new TextMessageLogin();
    }

    /** Returns the address of the service, without a path. */
    public String uri() {
        return "http://" + Ports.LOOPBACK + ":" + server.port();
    }

    /** Returns the code in the last text message to a number; empty if there is none, or it is used up. */
    public Optional<String> codeOf(String phone) {
        return Optional.ofNullable(codes.get(phone));
    }

    private void route(HttpServerRoutes routes) {
        routes.post("/login/sms/code", (request, response) -> body(request).flatMap(body -> sendCode(body, response)))
                .post("/login/sms", (request, response) -> body(request).flatMap(body -> logIn(body, response)));
    }

    private static Mono<JsonNode> body(HttpServerRequest request) {
        return request.receive()
                .aggregate()
                .asString(StandardCharsets.UTF_8)
                .defaultIfEmpty("{}")
                .map(JSON::readTree)
                .onErrorReturn(JacksonException.class, JSON.createObjectNode());
    }

    private Mono<Void> sendCode(JsonNode body, HttpServerResponse response) {
        String phone = text(body, "phone");
        if (phone == null || !phone.matches("\\+[0-9]{5,15}")) {
            return response.status(HttpResponseStatus.BAD_REQUEST).send();
        }
        codes.put(phone, "%06d".formatted(random.nextInt(CODES)));
        return response.status(HttpResponseStatus.ACCEPTED).send();
    }

    /** Removes the code in any case, so that nobody can try a second one. */
    private Mono<Void> logIn(JsonNode body, HttpServerResponse response) {
        String phone = text(body, "phone");
        String code = text(body, "code");
        String sent = phone == null ? null : codes.remove(phone);
        if (phone == null || code == null || sent == null || !isSame(sent, code)) {
            return response.status(HttpResponseStatus.FORBIDDEN).send();
        }
        var user = JSON.createObjectNode()
                .put("userId", "sms-" + digest(phone).substring(0, 32))
                .put("username", phone)
                .put("userType", "customer")
                .put("deviceType", "app");
        user.putArray("roles").add("user");
        String login = Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(user));
        Publisher<String> answer = Mono.just("{\"phone\":\"" + phone + "\"}");
        return response.header("X-Portcullis-Login", login)
                .header("Content-Type", "application/json")
                .sendString(answer)
                .then();
    }

    private static @Nullable String text(JsonNode body, String field) {
        JsonNode value = body.get(field);
        return value != null && value.isString() ? value.asString() : null;
    }

    private static boolean isSame(String expected, String actual) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
    }

    private static String digest(String text) {
        try {
            byte[] bytes = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.disposeNow();
        loops.dispose();
    }
}
