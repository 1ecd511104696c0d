package io.portcullis.gateway.openapi;

import io.portcullis.core.account.TenantScope;
import io.portcullis.gateway.diagnostics.GatewayVersion;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the description of the gateway's own endpoints to administrators, those of one tenant included: it holds no data.
 * {@link io.portcullis.gateway.authentication.LocalAuthenticationWebFilter} admits administrators only.
 */
@RestController
final class OpenApiEndpoint {
    private final Mono<byte[]> document;

    OpenApiEndpoint(JsonMapper json, @Value("${spring.webflux.base-path:}") String basePath) {
        // Read at the first call, which costs the start of the node nothing, on a thread that may block, and kept. A
        // failure is not kept.
        document = Mono.fromCallable(() -> json.writeValueAsBytes(OpenApiDocument.read(GatewayVersion.VALUE, basePath)))
                .subscribeOn(Schedulers.boundedElastic())
                .cacheInvalidateIf(read -> false);
    }

    /** Answers with the document. The scope of the caller does not matter. */
    @GetMapping(path = "/system/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> describe(TenantScope unused) {
        return document.map(body ->
                ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body));
    }
}
