package io.portcullis.gateway.connection;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rules of RFC 9112 and RFC 9110 that Netty's codec leaves to its users. */
final class RequestRules {
    private static final String CHUNKED = "chunked";
    /** Options of {@code Connection} that are no names of headers, or of headers that are handled by themselves. */
    private static final Set<String> OPTIONS = Set.of("close", "keep-alive", "upgrade", "http2-settings", "te");
    /**
     * Headers that {@code Connection} must not remove. Without them the rest of the gateway would interpret the message
     * differently from the codec, or a logout would not find a token.
     */
    private static final Set<String> FRAMING = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "trailer",
            "expect",
            "authorization",
            "cookie",
            "content-type",
            "content-encoding");

    private RequestRules() {}

    /**
     * Normalises the request. Returns the reason to refuse it, or null if it is accepted.
     *
     * @param namedFields takes the values of the headers that {@code Connection} names, if there are any
     */
    static @Nullable Refusal apply(HttpRequest request, Consumer<List<String>> namedFields) {
        if (request.headers().size() > RequestLimits.MAX_HEADER_LINES) {
            return Refusal.LARGE_HEADERS;
        }
        if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) && hasOtherCoding(request.headers())) {
            return Refusal.TRANSFER_CODING;
        }
        if (request.decoderResult().isFailure()) {
            return undecoded(request.decoderResult().cause());
        }
        if (!isVersion(HttpVersion.HTTP_1_1, request) && !isVersion(HttpVersion.HTTP_1_0, request)) {
            return Refusal.VERSION;
        }
        if (!isRequestLine(request) || hasImpliedBody(request.headers())) {
            return Refusal.MALFORMED;
        }
        Refusal host = host(request.headers(), isVersion(HttpVersion.HTTP_1_1, request));
        return host == null ? normalise(request, namedFields) : host;
    }

    /** The codec makes a new object of a version in another spelling, such as {@code http/1.1}, and one that is equal. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isVersion(HttpVersion expected, HttpRequest request) {
        return request.protocolVersion() == expected;
    }

    /** Returns whether the request line consists of its three parts with one character between them (RFC 9112 section 3). */
    private static boolean isRequestLine(HttpRequest request) {
        int parts = request.method().name().length()
                + request.uri().length()
                + request.protocolVersion().text().length();
        return !(request.decoderResult() instanceof HttpMessageDecoderResult line)
                || line.initialLineLength() == parts + 2;
    }

    /**
     * Netty's codec reads 8 bytes of body behind a request with both of these headers, which an early draft of WebSocket had. Other
     * servers read none, so that the next request on the connection would begin in the wrong place.
     */
    private static boolean hasImpliedBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
                && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY2);
    }

    private static Refusal undecoded(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Refusal.LONG_LINE;
        }
        return cause instanceof TooLongHttpHeaderException ? Refusal.LARGE_HEADERS : Refusal.MALFORMED;
    }

    /** RFC 9112 section 6.1: a transfer coding that is not understood is 501. So is an empty element beside {@code chunked}. */
    private static boolean hasOtherCoding(HttpHeaders headers) {
        for (String value : headers.getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (value.isBlank()) {
                continue;
            }
            for (String coding : value.split(",", -1)) {
                String name = coding.strip();
                if (!name.equalsIgnoreCase(CHUNKED)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** RFC 9112 section 3.2: exactly one, and a valid one. */
    private static @Nullable Refusal host(HttpHeaders headers, boolean needed) {
        String first = headers.get(HttpHeaderNames.HOST);
        if (first == null) {
            return needed ? Refusal.NO_HOST : null;
        }
        if (headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            return Refusal.SEVERAL_HOSTS;
        }
        return HostField.isValid(first) ? null : Refusal.BAD_HOST;
    }

    private static @Nullable Refusal normalise(HttpRequest request, Consumer<List<String>> namedFields) {
        Refusal refusal = NormalisedTarget.isPlain(request.uri()) ? null : normaliseTarget(request);
        if (refusal == null) {
            normaliseLength(request.headers());
            removeNamedByConnection(request.headers(), namedFields);
        }
        return refusal;
    }

    private static @Nullable Refusal normaliseTarget(HttpRequest request) {
        NormalisedTarget target = NormalisedTarget.of(request.uri());
        if (target.refusal() == null) {
            request.setUri(target.target());
            if (target.authority() != null) {
                request.headers().set(HttpHeaderNames.HOST, target.authority());
            }
        }
        return target.refusal();
    }

    /** The codec has read the value as a number already; services may take a leading zero for octal. */
    private static void normaliseLength(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && length.length() > 1 && length.charAt(0) == '0') {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(Long.parseLong(length)));
        }
    }

    /**
     * Removes the headers that {@code Connection} names (RFC 9110 section 7.6.1). The gateway adds its own headers later,
     * so that a client cannot remove them. Reads the headers once regardless of the number of options, because each call of
     * Netty's {@code remove} iterates over all headers.
     */
    private static void removeNamedByConnection(HttpHeaders headers, Consumer<List<String>> namedFields) {
        Set<String> named = namedByConnection(headers);
        if (named.isEmpty()) {
            return;
        }
        List<Map.Entry<CharSequence, CharSequence>> kept = new ArrayList<>(headers.size());
        List<String> values = new ArrayList<>();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (!named.contains(header.getKey().toString().toLowerCase(Locale.ROOT))) {
                kept.add(header);
            } else {
                values.add(header.getValue().toString());
            }
        }
        if (kept.size() < headers.size()) {
            headers.clear();
            kept.forEach(header -> headers.add(header.getKey(), header.getValue()));
            namedFields.accept(values);
        }
    }

    private static Set<String> namedByConnection(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String option : value.split(",", -1)) {
                String name = option.strip().toLowerCase(Locale.ROOT);
                if (!name.isEmpty() && !OPTIONS.contains(name) && !FRAMING.contains(name)) {
                    named.add(name);
                }
            }
        }
        return named;
    }
}
