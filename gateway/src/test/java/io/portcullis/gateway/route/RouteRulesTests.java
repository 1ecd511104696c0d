package io.portcullis.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.MissingRoleException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteRulesTests {
    private static final RouteRules RULES = RouteRules.of("route", Map.of("roles", List.of("admin", "editor")));

    private static Identity caller(String role) {
        return new Identity("1", "alice", "user", null, Set.of(role), "session");
    }

    @Test
    void requireRoleWhenTheCallerHasOneOfThemThenAccepted() {
        assertThatCode(() -> RULES.requireRole(caller("editor"))).doesNotThrowAnyException();
    }

    @Test
    void requireRoleWhenTheCallerHasNoneOfThemThenRefused() {
        assertThatThrownBy(() -> RULES.requireRole(caller("user"))).isInstanceOf(MissingRoleException.class);
    }

    @Test
    void ofWhenTheIdentityIsSignedThenTheRouteIsItsAudience() {
        assertThat(RouteRules.of("orders", Map.of("signed-identity", "true")).identityAudience())
                .isEqualTo("orders");
        assertThat(RouteRules.of("orders", Map.of("signed-identity", false)).identityAudience())
                .isNull();
        assertThat(RouteRules.of("orders", Map.of()).identityAudience()).isNull();
    }

    @Test
    void ofWhenTheIdentityIsSignedOnARouteWithoutCallersOrTheValueIsWrongThenSaysWhatToWrite() {
        assertThatThrownBy(() -> RouteRules.of("orders", Map.of("signed-identity", true, "auth", "none")))
                .hasMessage("signed-identity: true on a route with auth: none (expected: auth: required or optional)");
        assertThatThrownBy(() -> RouteRules.of("orders", Map.of("signed-identity", "yes")))
                .hasMessage("signed-identity: yes (expected: true or false)");
    }
}
