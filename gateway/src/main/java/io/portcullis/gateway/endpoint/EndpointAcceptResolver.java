package io.portcullis.gateway.endpoint;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Resolves {@code Accept} for the gateway's own endpoints. A header that is too long or malformed counts as {@code *}{@code /*},
 * as RFC 9110 section 12.5.1 allows. The {@code produces} condition of an endpoint refuses a header that excludes JSON before the
 * endpoint changes anything.
 */
final class EndpointAcceptResolver implements RequestedContentTypeResolver {
    private static final int MAX_LENGTH = 1_024;
    private static final int MAX_RANGES = 50;

    private final RequestedContentTypeResolver byHeader = new HeaderContentTypeResolver();

    @Override
    public List<MediaType> resolveMediaTypes(ServerWebExchange exchange) {
        if (!isBounded(exchange.getRequest().getHeaders())) {
            return MEDIA_TYPE_ALL_LIST;
        }
        try {
            return byHeader.resolveMediaTypes(exchange);
        } catch (NotAcceptableStatusException e) {
            return MEDIA_TYPE_ALL_LIST;
        }
    }

    /**
     * Returns whether {@code Accept} has at most 1024 characters and 50 ranges. Spring fails on more ranges, and its comparison
     * of all pairs of ranges would let a client cause much work.
     */
    static boolean isBounded(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(HttpHeaders.ACCEPT);
        long ranges = 0;
        int length = 0;
        for (String value : values) {
            length += value.length();
            if (length > MAX_LENGTH) {
                return false;
            }
            ranges += 1 + value.chars().filter(c -> c == ',').count();
        }
        return ranges <= MAX_RANGES;
    }
}
