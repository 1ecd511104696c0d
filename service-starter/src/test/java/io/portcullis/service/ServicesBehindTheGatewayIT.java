package io.portcullis.service;

import static io.portcullis.service.TestGatewayKeys.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.portcullis.testbed.Await;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Tests a servlet and a WebFlux service that use the starter, behind a real gateway. The last tests change its keys and restart it. */
@Timeout(300)
@Tag("database-independent")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServicesBehindTheGatewayIT {
    private static final String TOKEN = "X-Identity-Token";

    private static final Map<Stack, ConfigurableApplicationContext> services = new EnumMap<>(Stack.class);

    @SuppressWarnings("NullAway.Init")
    private static GatewayJar gateway;

    enum Stack {
        SERVLET,
        REACTIVE;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        gateway = new GatewayJar();
        List<String> routes = new ArrayList<>();
        for (Stack stack : Stack.values()) {
            services.put(
                    stack,
                    new SpringApplicationBuilder(TestService.class)
                            .run(
                                    "--server.port=0",
                                    "--spring.main.web-application-type=" + stack.id(),
                                    "--portcullis.service.jwk-set-uri=" + gateway.uri("/.well-known/jwks.json"),
                                    "--portcullis.service.audience=" + stack.id(),
                                    "--portcullis.service.open-paths=/open/**"));
            String route = "--spring.cloud.gateway.server.webflux.routes[%d].".formatted(services.size() - 1);
            routes.addAll(List.of(
                    route + "id=" + stack.id(),
                    route + "uri=" + service(stack, ""),
                    route + "predicates[0]=Path=/" + stack.id() + "/**",
                    route + "filters[0]=StripPrefix=1",
                    route + "metadata.signed-identity=true",
                    route + "metadata.auth=optional"));
        }
        gateway.start(routes);
    }

    @AfterAll
    static void stop() {
        services.values().forEach(ConfigurableApplicationContext::close);
        gateway.close();
    }

    private static URI service(Stack stack, String path) {
        return URI.create("http://127.0.0.1:"
                + Objects.requireNonNull(services.get(stack)).getEnvironment().getProperty("local.server.port") + path);
    }

    private static HttpResponse<String> throughGateway(Stack stack, String path, String access) throws Exception {
        return GatewayJar.get(gateway.uri("/" + stack.id() + path), "Authorization", "Bearer " + access);
    }

    private static void assertRefused(Stack stack, String... headers) throws Exception {
        HttpResponse<String> response = GatewayJar.get(service(stack, "/who"), headers);
        assertThat(response.statusCode()).as(List.of(headers).toString()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(response.body()).isEmpty();
    }

    private static ECKey privateKey() throws Exception {
        List<String> keys = gateway.query("SELECT jwk FROM identity_key ORDER BY signs_from");
        return ECKey.parse(keys.get(0));
    }

    private static JWTClaimsSet.Builder claims(Stack stack) {
        return TestGatewayKeys.claims().audience(stack.id());
    }

    @Order(1)
    @ParameterizedTest
    @EnumSource
    void requestWhenLoggedInThenTheServiceKnowsTheCaller(Stack stack) throws Exception {
        HttpResponse<String> response = throughGateway(stack, "/who", gateway.login());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).contains("\"name\":\"admin\"", "\"roles\":[\"admin\"]", "\"tenant\":\"null\"");
    }

    @Order(1)
    @ParameterizedTest
    @EnumSource
    void requestWhenAnonymousThenOnlyOpenPathsAreServed(Stack stack) throws Exception {
        URI open = gateway.uri("/" + stack.id() + "/open/who");

        assertThat(GatewayJar.get(open).body()).isEqualTo("anonymous");
        assertThat(GatewayJar.get(open, TOKEN, "forged").body()).isEqualTo("anonymous");
        assertThat(GatewayJar.get(gateway.uri("/" + stack.id() + "/who")).statusCode())
                .isEqualTo(401);
    }

    /** Tokens with the gateway's own key, as only a thief of the database could make them, show which claims the service checks. */
    @Order(1)
    @ParameterizedTest
    @EnumSource
    void requestWhenItDidNotComeThroughTheGatewayThenRefused(Stack stack) throws Exception {
        ECKey key = privateKey();
        ECKey foreign = TestGatewayKeys.newKey(key.getKeyID());
        byte[] published = key.toPublicJWK().toJSONString().getBytes(UTF_8);
        assertThat(GatewayJar.get(service(stack, "/who"), TOKEN, token(claims(stack), key))
                        .statusCode())
                .as("a token like the gateway's")
                .isEqualTo(200);

        assertRefused(stack, "X-User-Id", "1", "X-User-Name", "a", "X-User-Roles", "admin", "X-Session-Id", "s");
        assertRefused(stack, "X_Identity_Token", token(claims(stack), key));
        assertRefused(stack, TOKEN, token(claims(stack), foreign));
        assertRefused(stack, TOKEN, token(claims(stack).audience("orders"), key));
        assertRefused(stack, TOKEN, token(claims(stack).issuer("evil"), key));
        Date longAgo = Date.from(Instant.now().minusSeconds(120));
        assertRefused(stack, TOKEN, token(claims(stack).issueTime(null).expirationTime(longAgo), key));
        assertRefused(stack, TOKEN, new PlainJWT(claims(stack).build()).serialize());
        assertRefused(stack, TOKEN, token(claims(stack), JWSAlgorithm.HS256, key.getKeyID(), new MACSigner(published)));
        assertRefused(stack, TOKEN, token(claims(stack), key), TOKEN, token(claims(stack), key));
    }

    @Order(2)
    @Test
    void keyWhenItHasServedItsTimeThenTheNextOneIsPublishedBeforeItSigns() throws Exception {
        String first = gateway.query("SELECT id FROM identity_key").get(0);
        gateway.query("UPDATE identity_key SET signs_from = signs_from - INTERVAL 31 DAY");

        Await.until("a second key is published", () -> published().size() == 2);
        assertThat(gateway.query(
                        "SELECT id FROM identity_key WHERE signs_from > UTC_TIMESTAMP(3) + INTERVAL 50 MINUTE"))
                .as("not used yet")
                .hasSize(1)
                .doesNotContain(first);
        assertThat(throughGateway(Stack.SERVLET, "/who", gateway.login()).statusCode())
                .isEqualTo(200);

        gateway.query("UPDATE identity_key SET signs_from = UTC_TIMESTAMP(3) WHERE signs_from > UTC_TIMESTAMP(3)");
        for (Stack stack : Stack.values()) {
            Await.until(
                    "the second key signs", () -> signedWith(stack, published().get(1)));
        }
        assertThat(published()).as("the first key remains published").contains(first);
    }

    /** Returns the ids of the published keys in the order in which they sign. */
    private static List<String> published() throws Exception {
        return JWKSet.parse(
                        GatewayJar.get(gateway.uri("/.well-known/jwks.json")).body())
                .getKeys()
                .stream()
                .map(JWK::getKeyID)
                .toList();
    }

    /** Each login is a session of its own, and so gets a new token. */
    private static boolean signedWith(Stack stack, String keyId) throws Exception {
        HttpResponse<String> response = throughGateway(stack, "/key", gateway.login());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().equals(keyId);
    }

    @Order(3)
    @Test
    void gatewayWhenItIsRestartedThenItsKeysAndTheServicesGoOn() throws Exception {
        List<String> before = published();
        String access = gateway.login();
        gateway.kill();
        String token = token(claims(Stack.REACTIVE), privateKey());
        assertThat(GatewayJar.get(service(Stack.REACTIVE, "/who"), TOKEN, token).statusCode())
                .as("without the gateway")
                .isEqualTo(200);

        gateway.restart();

        assertThat(published()).isEqualTo(before);
        for (Stack stack : Stack.values()) {
            assertThat(throughGateway(stack, "/who", access).statusCode()).isEqualTo(200);
        }
    }
}
