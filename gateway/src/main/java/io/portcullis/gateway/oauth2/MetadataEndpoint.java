package io.portcullis.gateway.oauth2;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.authentication.OAuth2Paths;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Tells clients where the endpoints are (RFC 8414). */
@RestController
final class MetadataEndpoint {
    private final Issuer issuer;

    MetadataEndpoint(Issuer issuer) {
        this.issuer = issuer;
    }

    /** Answers with the metadata. The path of the issuer may stand behind that of the endpoint (section 3.1); any other is 404. */
    @GetMapping({OAuth2Paths.METADATA, OAuth2Paths.METADATA + "/{*path}"})
    ResponseEntity<MetadataResponse> metadata(
            @PathVariable(required = false) @Nullable String path, ServerWebExchange exchange) {
        String own = issuer.of(exchange);
        if (path != null && !path.equals(Issuer.pathOf(own))) {
            throw PortcullisException.of(ErrorCode.NOT_FOUND);
        }
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(MetadataResponse.of(own));
    }
}
