package io.portcullis.gateway.oauth2;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.origin.Origin;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** The issuer identifier (RFC 8414 section 2): the configured one, or the URL under which the client reached the gateway. */
final class Issuer {
    private final @Nullable String configured;
    private final ForwardedHeaders forwarded;

    Issuer(@Nullable String configured, ForwardedHeaders forwarded) {
        this.configured = configured;
        this.forwarded = forwarded;
    }

    /** Returns the issuer, without a slash at its end. Throws {@code BAD_REQUEST} if none is configured and the host is unknown. */
    String of(ServerWebExchange exchange) {
        if (configured != null) {
            return configured;
        }
        Origin origin = forwarded.originOf(exchange);
        if (origin == null) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "Host (expected: the host of the gateway)");
        }
        return origin + exchange.getRequest().getPath().contextPath().value();
    }

    /** Returns the path of the issuer, which stands behind the path of its metadata (RFC 8414 section 3.1). */
    static String pathOf(String issuer) {
        return URI.create(issuer).getPath();
    }
}
