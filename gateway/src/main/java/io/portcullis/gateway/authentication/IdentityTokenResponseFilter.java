package io.portcullis.gateway.authentication;

import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Removes {@link IdentityHeaders#IDENTITY_TOKEN} from the responses of services, in the filter chain: a client must not get the signed
 * identity of a service that returns what it receives, because other services could accept it.
 */
final class IdentityTokenResponseFilter implements HttpHeadersFilter {
    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        if (!input.containsHeader(IdentityHeaders.IDENTITY_TOKEN)) {
            return input;
        }
        HttpHeaders result = new HttpHeaders();
        result.addAll(input);
        result.remove(IdentityHeaders.IDENTITY_TOKEN);
        return result;
    }
}
