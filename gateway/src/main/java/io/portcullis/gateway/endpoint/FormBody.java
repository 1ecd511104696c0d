package io.portcullis.gateway.endpoint;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Reads the body of a request as a form in UTF-8, without a content coding. */
public final class FormBody {
    private FormBody() {}

    /**
     * Emits the fields of the form. Errors: {@code UNSUPPORTED_MEDIA_TYPE} for another type, charset or a content coding;
     * {@code BAD_REQUEST} for broken percent-encoding; {@code PAYLOAD_TOO_LARGE} for too long a body.
     */
    public static Mono<MultiValueMap<String, String>> read(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        MediaType type = typeOf(headers);
        if (type == null || !MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type) || type.isWildcardType()) {
            return refuse("Content-Type (expected: application/x-www-form-urlencoded)");
        }
        if (!ContentCodings.of(headers).isEmpty()) {
            return refuse("Content-Encoding (expected: none)");
        }
        return BodyCharset.isUtf8(headers) ? decode(exchange) : refuse("the charset of Content-Type (expected: UTF-8)");
    }

    /** Emits the fields of a body whose headers say that it is a form. */
    static Mono<MultiValueMap<String, String>> decode(ServerWebExchange exchange) {
        return exchange.getFormData()
                .onErrorMap(
                        IllegalArgumentException.class,
                        e -> PortcullisException.of(
                                ErrorCode.BAD_REQUEST, "the form (expected: two hexadecimal digits behind each %)"));
    }

    /** Returns the media type of the body, or null if the header is absent or malformed. */
    static @Nullable MediaType typeOf(HttpHeaders headers) {
        try {
            return headers.getContentType();
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }

    private static <T> Mono<T> refuse(String detail) {
        return Mono.error(PortcullisException.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, detail));
    }
}
