package io.portcullis.gateway.oauth2;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.authentication.OAuth2Paths;
import io.portcullis.gateway.problem.ProblemResponses;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Makes every response at the paths of OAuth 2 uncacheable (RFC 6749 section 5.1) and every failure there one of RFC 6749 section 5.2.
 * Answers 404 where no endpoint exists, so that no route serves a path that looks like one of the gateway's.
 */
final class OAuth2WebFilter implements WebFilter, Ordered {
    /** Before the filter that counts the gateway's own calls, whose refusals have the form of RFC 6749 too. */
    @Override
    public int getOrder() {
        return LocalAuthenticationWebFilter.ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        if (!OAuth2Paths.match(path)) {
            return chain.filter(exchange);
        }
        ProblemResponses.answerAsOAuth2(exchange);
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.setCacheControl(CacheControl.noStore());
        headers.setPragma("no-cache");
        return OAuth2Paths.isServed(path)
                ? chain.filter(exchange)
                : Mono.error(PortcullisException.of(ErrorCode.NOT_FOUND));
    }
}
