package io.portcullis.service;

import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** A service that uses the starter as it comes. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(TestService.Endpoints.class)
class TestService {
    @RestController
    static class Endpoints {
        @GetMapping("/who")
        Map<String, Object> who(@AuthenticationPrincipal PortcullisUser user) {
            return Map.of(
                    "id", user.userId(),
                    "name", user.username(),
                    "roles", new TreeSet<>(user.roles()),
                    "session", user.sessionId(),
                    "tenant", String.valueOf(user.tenantId()));
        }

        @PostMapping("/who")
        String change(@AuthenticationPrincipal PortcullisUser user) {
            return user.getName();
        }

        /** Answers the id of the key that signed the caller's token. */
        @GetMapping("/key")
        String key(@RequestHeader("X-Identity-Token") String token) throws ParseException {
            return SignedJWT.parse(token).getHeader().getKeyID();
        }

        @GetMapping("/open/who")
        String open(@AuthenticationPrincipal @Nullable PortcullisUser user) {
            return user == null ? "anonymous" : user.getName();
        }
    }
}
