package io.portcullis.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Two nodes in front of a service of streams: one handles requests on the fast path, the other in the filter chain. */
final class StreamNodes implements AutoCloseable {
    private static final String PASSWORD = "some-demo-pass";

    private final StreamingService service = new StreamingService();
    private final GatewayNode fastPath = start(RequestPath.FAST_PATH);
    private final GatewayNode filterChain = start(RequestPath.FILTER_CHAIN);
    private final String user = "user-" + UUID.randomUUID();

    StreamNodes() {
        fastPath.createAccount(user, PASSWORD, "user");
    }

    private GatewayNode start(RequestPath path) {
        List<String> arguments = new ArrayList<>(service.routes(0));
        arguments.add(path.argument());
        return GatewayNode.start(arguments.toArray(String[]::new));
    }

    StreamingService service() {
        return service;
    }

    GatewayNode fastPath() {
        return fastPath;
    }

    GatewayNode filterChain() {
        return filterChain;
    }

    /** Logs the user of these nodes in, and returns the data of the response. */
    JsonNode login(GatewayNode node) throws Exception {
        return node.login(user, PASSWORD);
    }

    @Override
    public void close() throws IOException {
        fastPath.close();
        filterChain.close();
        service.close();
    }
}
