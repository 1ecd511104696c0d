package io.portcullis.gateway.endpoint;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds every token that a logout presents, wherever it stands: in the target, in any header, in a body of any type. One place
 * never hides another, and a body that no codec can read is searched all the same.
 */
final class PresentedTokens {
    /** The size to which the codecs read bodies too. */
    private static final int MAX_BODY_BYTES = 256 * 1024;

    private final ServerHttpRequest request;
    private final TokenScanner scanner = new TokenScanner();
    private int bodyBytes;

    private PresentedTokens(ServerHttpRequest request) {
        this.request = request;
    }

    /**
     * Emits the distinct tokens, then ends with {@code PAYLOAD_TOO_LARGE} if the body is longer than 256 KB or there are more than a
     * hundred tokens, because the gateway does not know or does not end what is beyond. Empty if the request presents no text of a token's form.
     */
    static Flux<String> of(ServerHttpRequest request) {
        return Flux.defer(() -> new PresentedTokens(request).find());
    }

    private Flux<String> find() {
        scanHead();
        return request.getBody()
                .map(this::scanBody)
                .takeWhile(bytes -> bytes <= MAX_BODY_BYTES)
                .onErrorComplete()
                .thenMany(Flux.defer(this::found));
    }

    private void scanHead() {
        String query = request.getURI().getRawQuery();
        if (query != null) {
            scanner.scanWhole(query);
        }
        request.getHeaders().forEach((name, values) -> values.forEach(scanner::scanWhole));
    }

    /** Returns the number of bytes so far. */
    private int scanBody(DataBuffer part) {
        bodyBytes += part.readableByteCount();
        scanner.scanPart(part);
        DataBufferUtils.release(part);
        return bodyBytes;
    }

    private Flux<String> found() {
        List<String> tokens = scanner.finish();
        Mono<String> unread = bodyBytes > MAX_BODY_BYTES || scanner.overflows()
                ? Mono.error(PortcullisException.of(ErrorCode.PAYLOAD_TOO_LARGE))
                : Mono.empty();
        return Flux.fromIterable(tokens).concatWith(unread);
    }
}
