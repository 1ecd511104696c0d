package io.portcullis.gateway.admin;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.keyring.TokenKeyService;
import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.problem.Envelope;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Serves the administration of the keys that sign tokens (docs/operations.md, "Keys"). No response has a secret.
 * {@link io.portcullis.gateway.authentication.LocalAuthenticationWebFilter} admits administrators only.
 */
@RestController
@RequestMapping(path = "/system/token-key", produces = MediaType.APPLICATION_JSON_VALUE)
final class TokenKeyEndpoint {
    private final TokenKeyService keys;
    private final ClientInfoResolver origins;

    TokenKeyEndpoint(TokenKeyService keys, ClientInfoResolver origins) {
        this.keys = keys;
        this.origins = origins;
    }

    /** Answers with all keys, and with what each node knows of them. */
    @GetMapping
    Mono<Envelope<TokenKeysBody>> list() {
        return keys.report().map(report -> Envelope.of(TokenKeysBody.of(report)));
    }

    /** Makes a new key and answers with all keys, the new one among them; see {@link TokenKeyService#rotate}. */
    @PostMapping
    Mono<Envelope<TokenKeysBody>> rotate(Identity identity, ServerWebExchange exchange) {
        return keys.rotate(origins.actorOf(identity, exchange))
                .flatMap(id -> keys.report().map(report -> Envelope.of(TokenKeysBody.of(report, id))));
    }

    /** Drops a key and answers with all keys; see {@link TokenKeyService#drop}. */
    @DeleteMapping("/{id}")
    Mono<Envelope<TokenKeysBody>> drop(@PathVariable String id, Identity identity, ServerWebExchange exchange) {
        KeyId key = KeyId.parse(id).orElseThrow(() -> PortcullisException.of(ErrorCode.NOT_FOUND));
        return keys.drop(key, origins.actorOf(identity, exchange))
                .map(report -> Envelope.of(TokenKeysBody.of(report, key)));
    }
}
