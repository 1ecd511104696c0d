package io.portcullis.gateway.endpoint;

import io.portcullis.core.identity.IdentityKeys;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers the public keys of the signed identity and of session events to everybody, from memory (RFC 7517 section 5). Services may
 * keep them for {@link #MAX_AGE}, much less than the time for which a key is published before it signs.
 */
@RestController
final class JwkSetEndpoint {
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    private final IdentityKeys keys;

    JwkSetEndpoint(IdentityKeys keys) {
        this.keys = keys;
    }

    /** Answers an empty set, which nobody may keep, if neither a route of this node nor its session events need a signature. */
    @GetMapping("/.well-known/jwks.json")
    ResponseEntity<String> publicKeys() {
        CacheControl caching = keys.isLoaded() ? CacheControl.maxAge(MAX_AGE).cachePublic() : CacheControl.noStore();
        return ResponseEntity.ok()
                .cacheControl(caching)
                .contentType(MediaType.APPLICATION_JSON)
                .body(keys.publicKeys());
    }
}
