package io.portcullis.service;

import io.portcullis.service.test.WithPortcullisUser;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Tests a WebFlux service as the developer of one would, without a gateway. */
@SpringBootTest(
        classes = TestService.class,
        properties = {
            "spring.main.web-application-type=reactive",
            "portcullis.service.jwk-set-uri=http://127.0.0.1:1/.well-known/jwks.json",
            "portcullis.service.audience=orders",
            "portcullis.service.open-paths=/open/**"
        })
@AutoConfigureWebTestClient
class ReactiveServiceTests {
    @Autowired
    @SuppressWarnings("NullAway.Init")
    private WebTestClient client;

    @Test
    @WithPortcullisUser(username = "alice", roles = "editor", tenantId = "t1")
    void requestWhenTheTestHasAUserThenItIsTheCaller() {
        client.get().uri("/who").exchange().expectStatus().isOk().expectBody().json("""
                        {"id":"user-alice","name":"alice","roles":["editor"],"session":"test-session","tenant":"t1"}""");
        client.post()
                .uri("/who")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("user-alice");
    }

    @Test
    void requestWhenItDidNotComeThroughTheGatewayThenRefused() {
        client.get()
                .uri("/who")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer")
                .expectBody()
                .isEmpty();
        client.get()
                .uri("/who")
                .header("X-User-Id", "1")
                .exchange()
                .expectStatus()
                .isUnauthorized();
        client.get()
                .uri("/who")
                .header("X-Identity-Token", "x")
                .exchange()
                .expectStatus()
                .isUnauthorized();
        client.get().uri("/nowhere").exchange().expectStatus().isUnauthorized();
    }

    @Test
    void requestWhenThePathIsOpenThenAnonymousUnlessTheTokenIsWrong() {
        client.get()
                .uri("/open/who")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("anonymous");
        client.get()
                .uri("/open/who")
                .header("X-Identity-Token", "x")
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }
}
