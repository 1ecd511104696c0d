package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.gateway.ScriptedService.Request;
import io.portcullis.gateway.ScriptedService.Wire;
import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.SampleServices;
import java.io.IOException;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Two nodes that read and set cookies beside other credentials, with the same routes: one handles requests on the fast path, the
 * other in the filter chain.
 */
final class CookieNodes {
    static final String PASSWORD = "some-demo-pass";
    /** The time that the service takes for a response to {@code /late}. */
    private static final long LATE_MILLIS = 30;
    /** An origin whose pages may use the cookies. */
    static final String FRIEND = "https://friend.example";

    private static final class Shared {
        static final CookieNodes NODES = new CookieNodes();
    }

    private final SampleServices services = SampleServices.start();
    private final ScriptedService scripted = ScriptedService.start(this::respond);
    private final List<String> responses = new CopyOnWriteArrayList<>();
    private final Map<RequestPath, GatewayNode> nodes = new EnumMap<>(RequestPath.class);
    private final String user = "user-" + UUID.randomUUID();

    private CookieNodes() {
        for (RequestPath path : RequestPath.values()) {
            nodes.put(path, GatewayNode.start(arguments(path)));
        }
        node(RequestPath.FAST_PATH).createAccount(user, PASSWORD, "user");
    }

    /** Returns the shared nodes, which run until the JVM ends. */
    static CookieNodes shared() {
        return Shared.NODES;
    }

    private String[] arguments(RequestPath path) {
        String cors = "--spring.cloud.gateway.server.webflux.globalcors.cors-configurations.[/api/status/**].";
        return routes().arguments(
                        path.argument(),
                        "--portcullis.http.cookies=on",
                        "--portcullis.http.allowed-origins=" + FRIEND
                                + ",https://M\u00dcNCHEN.example:443,http://[2001:DB8::1]:8080",
                        "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1",
                        cors + "allowed-origins=" + FRIEND,
                        cors + "allowed-methods=*",
                        cors + "allow-credentials=true");
    }

    private Routes routes() {
        String uri = services.uri();
        return new Routes()
                .add("/api/echo/**", uri)
                .add("/api/status/*", uri)
                .add("/api/ticks", uri)
                .add("/api/ws", uri.replaceFirst("^http", "ws"))
                .add("/public/echo/**", uri, "metadata.auth=none")
                .add("/scripted/**", scripted.uri())
                .add("/late", scripted.uri())
                .add("/open/**", scripted.uri(), "metadata.auth=none")
                .add("/cached/**", scripted.uri(), "filters[0]=SetResponseHeader=Cache-Control,public");
    }

    private void respond(Request request, Wire wire) throws IOException, InterruptedException {
        if (request.path().startsWith("/late")) {
            TimeUnit.MILLISECONDS.sleep(LATE_MILLIS);
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
            return;
        }
        wire.send(responses.get(Integer.parseInt(request.path().replaceFirst(".*/", ""))));
    }

    /**
     * Lets the scripted service answer with a response of exactly these characters, and returns the last segment of the path that
     * it answers: below {@code /scripted} for authenticated callers, below {@code /open} for all, and below {@code /cached} with a
     * filter that sets {@code Cache-Control: public}.
     */
    int script(String response) {
        synchronized (responses) {
            responses.add(response);
            return responses.size() - 1;
        }
    }

    /** Scripts a response of status 200 with these header lines, each ended by a line feed, and a body of one byte. */
    int scriptHeaders(String headers) {
        return script("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + headers.replace("\n", "\r\n") + "\r\na");
    }

    GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    /** Returns the number of requests that the fast path of the node has handled. */
    long fastPathCount(RequestPath path) {
        return node(path).bean(FastPath.class).count();
    }

    /** Returns the name of the account of the nodes' user. */
    String user() {
        return user;
    }

    Browser loggedIn(RequestPath path) throws Exception {
        return Browser.loggedIn(node(path), user, PASSWORD);
    }

    /**
     * Sends a request and returns the response.
     *
     * @param head the method and target in one line, then the headers, each ended by a line feed
     */
    RawResponse exchange(RequestPath path, String head) throws IOException {
        String request = (head.replaceFirst("\n", " HTTP/1.1\nConnection: close\n") + "\n").replace("\n", "\r\n");
        try (Socket socket = new Socket("localhost", node(path).uri("/").getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return RawResponse.read(socket.getInputStream());
        }
    }

    /** Returns a genuine access token of the browser's session that has expired. */
    static String expired(GatewayNode node, Browser browser) {
        TokenCodec codec = node.bean(TokenCodec.class);
        var genuine = (TokenVerification.Genuine) codec.verify(TokenKind.ACCESS, browser.value(Browser.ACCESS));
        return codec.mintAccess(
                        String.valueOf(genuine.token().sessionId()),
                        node.bean(Clock.class).instant().minus(Duration.ofMinutes(1)))
                .value();
    }

    /** Opens a WebSocket with the cookies of a browser, and returns what the gateway sends. */
    static String handshake(GatewayNode node, Browser browser, String origin) {
        return RawHttp.exchange(
                node,
                String.join(
                        "\r\n",
                        "GET /api/ws HTTP/1.1",
                        "Host: localhost",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "Cookie: " + browser.header(),
                        origin + "\r\n\r\n"));
    }
}
