package io.portcullis.gateway.oauth2;

import io.portcullis.core.login.IntrospectionService;
import io.portcullis.gateway.authentication.OAuth2Paths;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Tells authenticated clients what a token stands for (RFC 7662). */
@RestController
final class IntrospectionEndpoint {
    private final ClientRequests requests;
    private final IntrospectionService introspections;
    private final Issuer issuer;

    IntrospectionEndpoint(ClientRequests requests, IntrospectionService introspections, Issuer issuer) {
        this.requests = requests;
        this.introspections = introspections;
        this.issuer = issuer;
    }

    /** Answers with the token's properties if it is active, else with {@code {"active":false}} and nothing else (section 2.2). */
    @PostMapping(OAuth2Paths.INTROSPECT)
    Mono<ResponseEntity<IntrospectionResponse>> introspect(ServerWebExchange exchange) {
        return requests.read(exchange)
                .delayUntil(requests::authenticateReader)
                .flatMap(request -> introspections.find(request.form().require(FormParameters.TOKEN)))
                .map(token -> IntrospectionResponse.of(token, issuer.of(exchange)))
                .defaultIfEmpty(IntrospectionResponse.INACTIVE)
                .map(body -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(body));
    }
}
