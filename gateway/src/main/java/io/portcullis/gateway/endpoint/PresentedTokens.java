package io.portcullis.gateway.endpoint;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.connection.HiddenFields;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Finds every token that a logout presents: in the target, in any header or trailer, in a body of any type, in each encoding that
 * {@link TokenScanner} reads. A token in one place does not hide a token in another, and a body that cannot be read is searched too.
 */
public final class PresentedTokens {
    /** The number of bytes of a body that are searched: as much as the other endpoints of the gateway read. */
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final ServerHttpRequest request;
    private final TokenScanner scanner;
    private final ContentCodings codings;
    private final int maxBytes;
    private final ByteArrayOutputStream encoded = new ByteArrayOutputStream(0);
    private int bodyBytes;
    private @Nullable Throwable unreadFailure;

    private PresentedTokens(ServerHttpRequest request, boolean imported) {
        this.scanner = new TokenScanner(imported);
        this.request = request;
        this.codings = ContentCodings.of(request.getHeaders());
        this.maxBytes = codings.areDecoded() ? ContentCodings.maxEncodedBytes() : MAX_BODY_BYTES;
    }

    /**
     * Emits the distinct tokens, then ends with an error if there may be more that the gateway does not know: {@code PAYLOAD_TOO_LARGE}
     * for a body of more than 64 KB, or 16 KB compressed, for one that decompresses to more than 16 times its size, and for more than a
     * hundred tokens; {@code UNSUPPORTED_MEDIA_TYPE} for a charset that is not read, another content coding, or two; {@code BAD_REQUEST}
     * for a body that is not encoded as it says; the failure of a body that breaks off. Empty if the request presents no text of a
     * token's form.
     *
     * @param imported whether texts that have the form of an imported token are found, too
     */
    static Flux<String> of(ServerHttpRequest request, boolean imported) {
        return Flux.defer(() -> new PresentedTokens(request, imported).find());
    }

    /**
     * Returns the distinct tokens in a text of at most 2,048 characters that a client presents as one token: a line end, quotes or the word
     * {@code Bearer} around a token do not hide it.
     *
     * @param imported whether texts that have the form of an imported token are found, too
     */
    public static List<String> in(String text, boolean imported) {
        TokenScanner scanner = new TokenScanner(imported);
        scanner.scanWhole(text);
        return scanner.finish();
    }

    private Flux<String> find() {
        scanHead();
        return request.getBody()
                .map(this::scanBody)
                .takeWhile(bytes -> bytes <= maxBytes)
                .doOnError(failure -> unreadFailure = failure)
                .onErrorComplete()
                .thenMany(Flux.defer(this::found));
    }

    /** Scans the headers as they were received, because the gateway removes some of them before a request reaches an endpoint. */
    private void scanHead() {
        String query = request.getURI().getRawQuery();
        if (query != null) {
            scanner.scanWhole(query);
        }
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        received.requestHeaders().forEach(header -> scanner.scanWhole(header.getValue()));
    }

    /** Returns the number of bytes so far. */
    private int scanBody(DataBuffer part) {
        byte[] bytes = new byte[part.readableByteCount()];
        part.read(bytes);
        DataBufferUtils.release(part);
        bodyBytes += bytes.length;
        scanner.scanPart(bytes);
        if (codings.areDecoded() && bodyBytes <= maxBytes) {
            encoded.writeBytes(bytes);
        }
        return bodyBytes;
    }

    private Flux<String> found() {
        scanner.endText();
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        HiddenFields.of(received).forEach(scanner::scanWhole);
        Throwable failure = unreadFailure();
        List<String> tokens = scanner.finish();
        Throwable error = failure == null && scanner.overflows() ? tooLarge("the tokens", "at most 100") : failure;
        return Flux.fromIterable(tokens).concatWith(error == null ? Mono.empty() : Mono.error(error));
    }

    /** Scans the body behind its content coding. Returns why a part of the body could not be read, or null if all was. */
    private @Nullable Throwable unreadFailure() {
        if (bodyBytes > maxBytes) {
            return tooLarge("the body", "at most 64 KB, or 16 KB compressed");
        }
        if (bodyBytes == 0 || unreadFailure != null) {
            return unreadFailure;
        }
        if (!codings.isEmpty() && !codings.areDecoded()) {
            return PortcullisException.of(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding (expected: gzip, deflate, or none, once)");
        }
        if (!BodyCharset.isScanned(request.getHeaders())) {
            return PortcullisException.of(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "the charset of Content-Type (expected: UTF-8)");
        }
        return codings.isEmpty() ? null : undecoded(codings.decode(encoded.toByteArray()));
    }

    private static PortcullisException tooLarge(String what, String expected) {
        return PortcullisException.of(ErrorCode.PAYLOAD_TOO_LARGE, what + " (expected: " + expected + ")");
    }

    private @Nullable Throwable undecoded(DecodedBody decoded) {
        scanner.scanPart(decoded.bytes());
        return switch (decoded.outcome()) {
            case WHOLE -> null;
            case OVERLONG -> tooLarge("the decompressed body", "at most 16 times its compressed size");
            case BROKEN ->
                PortcullisException.of(ErrorCode.BAD_REQUEST, "the body (expected: encoded as Content-Encoding says)");
        };
    }
}
