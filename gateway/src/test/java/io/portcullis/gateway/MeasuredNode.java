package io.portcullis.gateway;

import io.portcullis.testbed.Testbed;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A node with each feature that has meters of its own, in front of a service of streams and the sample services. It runs until the JVM
 * ends, so it has a database of its own: it would deliver the session events of other tests to its own receiver.
 */
final class MeasuredNode {
    static final String DATABASE = Testbed.shared().database().createDatabase();
    static final String PASSWORD = "some-demo-pass";
    static final String USER = "user-" + UUID.randomUUID();

    /** A part of each secret of the node's configuration that can be any text. */
    static final String CANARY = "canary-7f3a";
    /** The key of the node, in base64. */
    static final String KEY = "Y2FuYXJ5LWtleS1jYW5hcnkta2V5LWNhbmFyeS1rZXktY2FuYXJ5LWtleQ==";

    private static final class Shared {
        static final GatewayNode NODE = start();
    }

    private MeasuredNode() {}

    static GatewayNode shared() {
        return Shared.NODE;
    }

    private static GatewayNode start() {
        try {
            List<String> arguments = new ArrayList<>(new StreamingService().routes(0));
            arguments.addAll(List.of(
                    "--spring.r2dbc.url=" + DATABASE,
                    "--spring.cloud.gateway.server.webflux.routes[1].id=api-echo",
                    "--spring.cloud.gateway.server.webflux.routes[1].uri=${SAMPLE_SERVICES_URI}",
                    "--spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/api/echo/**",
                    "--portcullis.access-log.enabled=true",
                    "--portcullis.events.webhook.url=" + WebhookServer.start().url(),
                    "--portcullis.events.webhook.secret=" + CANARY + "-webhook-secret-of-32-characters",
                    "--portcullis.events.webhook.previous-secret=" + CANARY + "-previous-secret-of-32-characters",
                    "--portcullis.events.webhook.authorization=Bearer " + CANARY + "-authorization",
                    "--portcullis.token.keys=" + KEY,
                    "--portcullis.oauth2.clients[0].id=measured",
                    "--portcullis.oauth2.clients[0].secrets=" + CANARY + "-secret-of-a-client-of-32-characters",
                    "--portcullis.oauth2.clients[0].grants=client-credentials",
                    "--portcullis.bootstrap-admin.username=admin",
                    "--portcullis.bootstrap-admin.password=admin-demo-pass",
                    "--portcullis.refresh.grace=0s"));
            GatewayNode node = GatewayNode.start(arguments.toArray(String[]::new));
            node.createAccount(USER, PASSWORD, "user");
            node.awaitTrust();
            return node;
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the node", e);
        }
    }

    /** Logs the user in and returns the tokens. */
    static JsonNode login() throws Exception {
        return shared().login(USER, PASSWORD);
    }

    static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }
}
