package io.portcullis.gateway.endpoint;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.authentication.TokenSources;
import io.portcullis.gateway.cookie.CookieAuthentication;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Finds the refresh token of a request: query parameter, form field, or JSON field (docs/design.md section 7). */
final class RefreshTokenResolver {
    private static final String NAME = "refreshToken";

    private final List<HttpMessageReader<?>> readers;
    private final TokenSources sources;

    RefreshTokenResolver(List<HttpMessageReader<?>> readers, TokenSources sources) {
        this.readers = List.copyOf(readers);
        this.sources = sources;
    }

    /**
     * Emits the first refresh token that is found outside of cookies; empty if there is none, or if cookies are the only place for
     * tokens. A body that cannot be read does not hide a cookie. Without a cookie, such a body is an error: not JSON 400; another
     * type, a content coding, or a charset that is not read 415; too large 413.
     */
    Mono<String> find(ServerWebExchange exchange) {
        if (!sources.header()) {
            return Mono.empty();
        }
        return first(exchange.getRequest().getQueryParams())
                .switchIfEmpty(Mono.defer(() -> inBody(exchange)))
                .onErrorComplete(unreadable -> sources.readsCookies()
                        && CookieAuthentication.isPresent(exchange.getRequest().getHeaders()));
    }

    private Mono<String> inBody(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        MediaType type = FormBody.typeOf(headers);
        if (type == null) {
            return refuseBody(
                    exchange, "Content-Type (expected: application/json or application/x-www-form-urlencoded)");
        }
        if (!ContentCodings.of(headers).isEmpty()) {
            return refuseBody(exchange, "Content-Encoding (expected: none)");
        }
        boolean form = MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type);
        if (form ? !BodyCharset.isUtf8(headers) : !BodyCharset.isUnicode(headers)) {
            return refuseBody(exchange, "the charset of Content-Type (expected: UTF-8)");
        }
        return form ? inForm(exchange) : inJson(exchange);
    }

    private static Mono<String> inForm(ServerWebExchange exchange) {
        return FormBody.decode(exchange).flatMap(RefreshTokenResolver::first);
    }

    private Mono<String> inJson(ServerWebExchange exchange) {
        return ServerRequest.create(exchange, readers)
                .bodyToMono(RefreshTokenBody.class)
                .flatMap(body -> text(body.refreshToken()));
    }

    /** Fails with {@code UNSUPPORTED_MEDIA_TYPE} unless the body is empty. */
    private static Mono<String> refuseBody(ServerWebExchange exchange, String detail) {
        return exchange.getRequest()
                .getBody()
                .map(RefreshTokenResolver::releasedSize)
                .filter(size -> size > 0)
                .next()
                .flatMap(size -> Mono.error(PortcullisException.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, detail)));
    }

    private static int releasedSize(DataBuffer part) {
        int size = part.readableByteCount();
        DataBufferUtils.release(part);
        return size;
    }

    private static Mono<String> first(MultiValueMap<String, String> values) {
        return text(values.getFirst(NAME));
    }

    private static Mono<String> text(@Nullable String value) {
        return Mono.justOrEmpty(value).filter(text -> !text.isBlank());
    }
}
