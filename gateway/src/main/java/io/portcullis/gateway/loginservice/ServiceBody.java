package io.portcullis.gateway.loginservice;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a login service's response: a JSON object, or nothing.
 *
 * @param json the text of the object, as the service sent it; null for nothing
 */
record ServiceBody(@Nullable String json) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final ServiceBody NONE = new ServiceBody(null);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Reads the body to its end, and emits it; errors with {@link LoginServiceException} if it is too long or no JSON object. */
    static Mono<ServiceBody> read(HttpHeaders headers, Publisher<? extends DataBuffer> body) {
        return whole(body)
                .filter(bytes -> bytes.length > 0)
                .map(bytes -> of(headers, bytes))
                .defaultIfEmpty(NONE);
    }

    /** Reads the body of a redirection to its end, and emits nothing of it; errors with {@link LoginServiceException} if it is too long. */
    static Mono<ServiceBody> skip(Publisher<? extends DataBuffer> body) {
        return whole(body).thenReturn(NONE);
    }

    private static Mono<byte[]> whole(Publisher<? extends DataBuffer> body) {
        return DataBufferUtils.join(Flux.from(body), MAX_BYTES)
                .map(ServiceBody::bytes)
                .onErrorMap(
                        DataBufferLimitException.class,
                        tooLong -> new LoginServiceException(
                                "the body is too long (expected: at most " + MAX_BYTES + " bytes)"));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static ServiceBody of(HttpHeaders headers, byte[] bytes) {
        if (headers.containsHeader(HttpHeaders.CONTENT_ENCODING)) {
            throw new LoginServiceException("the body has a Content-Encoding (expected: none)");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (JSON.readTree(text).isObject()) {
                return new ServiceBody(text);
            }
        } catch (CharacterCodingException | JacksonException e) {
            throw new LoginServiceException("the body is no JSON in UTF-8 (expected: an object, or no body)");
        }
        throw new LoginServiceException("the body is no JSON object (expected: an object, or no body)");
    }
}
