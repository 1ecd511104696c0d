package io.portcullis.gateway.diagnostics;

import io.portcullis.gateway.problem.Envelope;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Serves the diagnostics of this node to administrators of all tenants. It takes no tenant's scope, so it is closed to administrators of
 * one tenant.
 */
@RestController
final class DiagnosticsEndpoint {
    private final Diagnostics diagnostics;

    DiagnosticsEndpoint(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** Answers also while a store fails: what it does not say is null. */
    @GetMapping(path = "/system/diagnostics", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<DiagnosticsBody>> diagnostics() {
        return diagnostics.read().map(Envelope::of);
    }
}
