package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.openapi.DescribedOperations;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** The description of the own endpoints that a node serves. */
@Tag("database-independent")
class OpenApiIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PATH = "/system/openapi.json";

    @Test
    void descriptionWhenComparedWithTheHandlersThenHasTheSameOperations() {
        Set<String> handled = new TreeSet<>();
        node.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .forEach(mapping -> mapping.getPatternsCondition()
                        .getPatterns()
                        .forEach(pattern -> mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> handled.add(
                                        DescribedOperations.nameOf(method.name(), pattern.getPatternString())))));

        assertThat(handled).contains("POST /system/auth/login");
        // A filter answers the decision endpoint. The last pattern keeps other paths from the routes: each is 404.
        handled.add("GET /system/auth/check");
        handled.remove("GET /console/**");
        assertThat(DescribedOperations.names()).isEqualTo(handled);
    }

    @Test
    void descriptionWhenAskedByAnAdministratorThenServed() throws Exception {
        String admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();

        var response = node.call("GET", PATH, admin, null);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        var document = GatewayNode.JSON.readTree(response.body());
        assertThat(document.get("openapi").asString()).isEqualTo("3.1.1");
        assertThat(document.at("/servers/0/url").asString()).isEqualTo("/");
        assertThat(document.get("paths").propertyNames()).contains(PATH, "/system/auth/login", "/oauth2/token");
    }

    @Test
    void descriptionWhenAskedByOthersThenRefused() throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, "some-demo-pass", "user");
        String token = node.login(user, "some-demo-pass").get("accessToken").asString();

        assertThat(node.call("GET", PATH, token, null).statusCode()).isEqualTo(403);
        assertThat(node.call("GET", PATH, null, null).statusCode()).isEqualTo(401);
    }
}
