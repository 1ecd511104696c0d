package io.portcullis.gateway.endpoint;

import io.portcullis.gateway.authentication.TokenSources;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Finds the refresh token of a request: query parameter, form field, JSON field, then cookie (docs/design.md section 7). */
public final class RefreshTokenResolver {
    private static final String NAME = "refreshToken";

    private final List<HttpMessageReader<?>> readers;
    private final TokenSources sources;

    public RefreshTokenResolver(List<HttpMessageReader<?>> readers, TokenSources sources) {
        this.readers = List.copyOf(readers);
        this.sources = sources;
    }

    /**
     * Emits the first refresh token that is found, or is empty. A body that cannot be read does not hide the cookie behind it. Without
     * a cookie, such a body is an error as the codecs have it: not JSON 400, another type 415, too large 413.
     */
    public Mono<String> find(ServerWebExchange exchange) {
        return first(exchange.getRequest().getQueryParams())
                .switchIfEmpty(Mono.defer(() -> inBody(exchange)))
                .onErrorResume(unreadable -> inCookie(exchange).switchIfEmpty(Mono.error(unreadable)))
                .switchIfEmpty(Mono.defer(() -> inCookie(exchange)));
    }

    private Mono<String> inBody(ServerWebExchange exchange) {
        MediaType type = exchange.getRequest().getHeaders().getContentType();
        if (type == null) {
            return Mono.empty();
        }
        if (MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type)) {
            return exchange.getFormData().flatMap(RefreshTokenResolver::first);
        }
        return ServerRequest.create(exchange, readers)
                .bodyToMono(RefreshTokenBody.class)
                .flatMap(body -> text(body.refreshToken()));
    }

    private Mono<String> inCookie(ServerWebExchange exchange) {
        HttpCookie cookie = exchange.getRequest().getCookies().getFirst(TokenSources.REFRESH_COOKIE);
        return sources.cookies() && cookie != null ? text(cookie.getValue()) : Mono.empty();
    }

    private static Mono<String> first(MultiValueMap<String, String> values) {
        return text(values.getFirst(NAME));
    }

    private static Mono<String> text(@Nullable String value) {
        return Mono.justOrEmpty(value).filter(text -> !text.isBlank());
    }
}
