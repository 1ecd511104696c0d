package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.EventLoops;
import io.portcullis.testbed.SampleServices;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;

/** Two nodes with the same routes: one handles requests on the fast path, the other in the filter chain. */
final class BothPaths implements AutoCloseable {
    private static final String PASSWORD = "some-demo-pass";

    private static final String SIGNED = "metadata.signed-identity=true";

    private static final class Shared {
        static final BothPaths NODES = start();
    }

    private final SampleServices services = SampleServices.start();
    private final ServerSocket misbehaving = MisbehavingService.start();
    private final Map<RequestPath, GatewayNode> nodes = new EnumMap<>(RequestPath.class);
    private final String user = "user-" + UUID.randomUUID();
    private final String access;

    private BothPaths(String... arguments) throws Exception {
        for (RequestPath path : RequestPath.values()) {
            nodes.put(path, GatewayNode.start(arguments(path, arguments)));
        }
        node(RequestPath.FAST_PATH).createAccount(user, PASSWORD, "user");
        access = node(RequestPath.FAST_PATH)
                .login(user, PASSWORD)
                .get("accessToken")
                .asString();
    }

    /** Returns the shared nodes without further arguments, which run until the JVM ends. */
    static BothPaths shared() {
        return Shared.NODES;
    }

    /** Starts two nodes with these further arguments. */
    static BothPaths start(String... arguments) {
        try {
            return new BothPaths(arguments);
        } catch (Exception e) {
            throw new IllegalStateException("the nodes of both paths", e);
        }
    }

    private String[] arguments(RequestPath path, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add(path.argument());
        cors(arguments, "/public/echo/shared/**");
        cors(arguments, "/system/**");
        cors(arguments, "/odd/" + answerWithCorsHeaders());
        return routes().arguments(arguments.toArray(String[]::new));
    }

    private Routes routes() {
        String uri = services.uri();
        return new Routes()
                .add("/api/echo/**", uri)
                .add("/public/echo/**", uri, "metadata.auth=none")
                .add("/api/slow/**", uri, "metadata.auth=none")
                .add("/api/status/**", uri)
                .add("/odd/**", "http://127.0.0.1:" + misbehaving.getLocalPort(), "metadata.auth=none")
                .add("/optional/**", uri, "metadata.auth=optional", rewrite("/optional"))
                .add("/editors/**", uri, "metadata.roles[0]=editor", rewrite("/editors"))
                .add("/users/**", uri, "metadata.roles[0]=user", rewrite("/users"))
                .add("/token/**", uri, "metadata.forward-token=true", rewrite("/token"))
                .add("/filters/**", uri, filters())
                .add("/posts/**", uri, "predicates[1]=Method=POST", rewrite("/posts"))
                .add("/posts/**", uri, "metadata.auth=none", rewrite("/posts"))
                .add("/queries/**", uri, "predicates[1]=Query=long", rewrite("/queries"))
                .add("/queries/**", uri, "filters[0]=SetPath=/api/echo/set")
                .add("/broken/**", uri, "filters[0]=RewritePath=/broken(.*), /$2")
                .add("/signed/**", uri, SIGNED, "metadata.websocket=true", rewrite("/signed"))
                .add("/signed-optional/**", uri, SIGNED, "metadata.auth=optional", rewrite("/signed-optional"))
                // The CORS rules of this route hold for the requests of the first route as well.
                .add("/api/echo/shared/**", uri, "metadata.cors.allowedOrigins=https://friend.example");
    }

    private static String rewrite(String prefix) {
        return "filters[0]=RewritePath=" + prefix + "(?<rest>/?.*), /api/echo$\\{rest}";
    }

    private static String[] filters() {
        return new String[] {
            "filters[0]=StripPrefix=1",
            "filters[1]=PrefixPath=/api",
            "filters[2]=AddRequestHeader=X-Added,one",
            "filters[3]=SetRequestHeader=X-Set,two",
            "filters[4]=RemoveRequestHeader=X-Removed",
            "filters[5]=AddResponseHeader=X-Answer,three",
            "filters[6]=SetResponseHeader=X-Answer,four",
            "filters[7]=RemoveResponseHeader=Content-Type",
            "filters[8]=PreserveHostHeader"
        };
    }

    private static void cors(List<String> arguments, String path) {
        String rules = "--spring.cloud.gateway.server.webflux.globalcors.cors-configurations.[" + path + "].";
        arguments.add(rules + "allowed-origins=https://friend.example");
        arguments.add(rules + "allowed-methods=GET,POST");
        arguments.add(rules + "allowed-headers=*");
        arguments.add(rules + "exposed-headers=X-Total");
        arguments.add(rules + "allow-credentials=true");
    }

    /** Returns the position of the answer of {@link MisbehavingService} that has CORS headers of its own. */
    static int answerWithCorsHeaders() {
        return answerWith("Access-Control-Allow-Origin");
    }

    /** Returns the position of the first answer of {@link MisbehavingService} that contains the text. */
    static int answerWith(String text) {
        return IntStream.range(0, MisbehavingService.responses().size())
                .filter(i -> MisbehavingService.responses().get(i).contains(text))
                .findFirst()
                .orElseThrow();
    }

    private GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    <T> T bean(RequestPath path, Class<T> type) {
        return node(path).bean(type);
    }

    int port(RequestPath path) {
        return node(path).uri("/").getPort();
    }

    /** Returns the number of requests that the fast path of the node has handled. */
    long fastPathCount(RequestPath path) {
        return node(path).bean(FastPath.class).count();
    }

    /** Returns the body of a login of the user. */
    String credentials() {
        return "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD);
    }

    /** Returns the user's access token, for which {@code TOKEN} stands in the requests of {@link #exchange}. */
    String access() {
        return access;
    }

    /**
     * Sends a request to the node of the path and returns the answer.
     *
     * @param head the method and target in one line, then the headers, each ended by a line feed
     */
    RawResponse exchange(RequestPath path, String head, String body) throws Exception {
        return exchange(path, InetAddress.getLoopbackAddress(), head, body);
    }

    /** Sends a request from a local address, as {@link #exchange(RequestPath, String, String)}. */
    RawResponse exchange(RequestPath path, InetAddress from, String head, String body) throws Exception {
        try (Socket socket = send(path, from, head, body)) {
            return RawResponse.read(socket.getInputStream());
        } catch (SocketTimeoutException e) {
            throw new SocketTimeoutException("no response to " + head + EventLoops.describe());
        }
    }

    /** Sends a request, and returns the connection. */
    Socket send(RequestPath path, InetAddress from, String head, String body) throws Exception {
        String line = head.substring(0, head.indexOf('\n'));
        String headers = head.substring(head.indexOf('\n') + 1);
        String request = (line + " HTTP/1.1\nHost: localhost:1\nConnection: close\n" + headers + "\n")
                        .replace("TOKEN", access)
                        .replace("\n", "\r\n")
                + body;
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(path), from, 0);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return socket;
    }

    @Override
    public void close() throws IOException {
        nodes.values().forEach(GatewayNode::close);
        services.close();
        misbehaving.close();
    }
}
