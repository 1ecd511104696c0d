package io.portcullis.gateway.fastpath;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.portcullis.gateway.connection.BackpressuredBody;
import io.portcullis.gateway.cookie.ClearSiteData;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.GatewayCookies;
import io.portcullis.gateway.cookie.SharedCaching;
import io.portcullis.gateway.cors.ServiceCorsHeadersFilter;
import io.portcullis.gateway.fastpath.UpstreamExchange.UpstreamResponse;
import io.portcullis.gateway.stream.OpenCall;
import io.portcullis.gateway.stream.OpenStreams;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Writes the response of a service to the client. */
final class ResponseRelay {
    /** A response of at most this size is read completely and written at once. */
    private static final int MAX_AGGREGATED_BYTES = 16 * 1024;
    /** Dropped from the response of the service if the gateway has already set its own CORS headers. */
    private static final HeaderNames CORS = HeaderNames.of(ServiceCorsHeadersFilter.NAMES);

    private final HeaderNames dropped;
    private final Set<String> hopByHop;
    private final List<MediaType> streaming;
    private final OpenStreams streams;
    private final CookieMode cookies;

    /** @param streaming the media types of streams; the gateway flushes each part of such a response separately */
    ResponseRelay(HopByHopHeaders hopByHop, List<MediaType> streaming, OpenStreams streams, CookieMode cookies) {
        this.hopByHop = hopByHop.names();
        this.dropped = HeaderNames.of(hopByHop.names());
        this.streaming = List.copyOf(streaming);
        this.streams = streams;
        this.cookies = cookies;
    }

    /**
     * Completes when the response has been written. Closes the connection to the service on an error or cancellation, which
     * discards the unread rest of the response.
     */
    Mono<Void> write(UpstreamResponse upstreamResponse, FastRequest fast, OpenCall call, HttpServerResponse response) {
        return Mono.defer(() -> relay(upstreamResponse, fast, call, response))
                .doOnError(failure -> upstreamResponse.connection().dispose())
                .doOnCancel(upstreamResponse.connection()::dispose);
    }

    private Mono<Void> relay(
            UpstreamResponse upstreamResponse, FastRequest fast, OpenCall call, HttpServerResponse response) {
        FastRoute route = fast.route();
        HttpHeaders source = upstreamResponse.head().responseHeaders();
        boolean stream = isStreaming(source.get(HttpHeaderNames.CONTENT_TYPE));
        if (stream) {
            call.becomeStream(route.service());
        }
        response.status(upstreamResponse.head().status().code());
        HttpHeaders target = response.responseHeaders();
        copy(source, target);
        if (cookies != CookieMode.OFF && target.contains(ClearSiteData.NAME)) {
            keepCookies(target);
        }
        route.effects().response().apply(target);
        if (fast.cookie()) {
            restrictSharedCaching(target);
        }
        return stream
                ? stream(upstreamResponse, call, response)
                : body(upstreamResponse, route, call, source, response);
    }

    private void copy(HttpHeaders source, HttpHeaders target) {
        HeaderNames notCopied = source.contains(HttpHeaderNames.CONNECTION) ? withOptions(source) : dropped;
        boolean hasCorsHeaders = target.contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            boolean kept = !notCopied.contains(header.getKey())
                    && !(isSetCookie(header.getKey()) && GatewayCookies.isSetBy(header.getValue()))
                    && !(hasCorsHeaders && CORS.contains(header.getKey()));
            if (kept) {
                target.add(header.getKey(), header.getValue());
            }
        }
    }

    private static void keepCookies(HttpHeaders target) {
        List<String> kept = ClearSiteData.withoutCookies(target.getAll(ClearSiteData.NAME));
        target.set(ClearSiteData.NAME, kept);
    }

    private static void restrictSharedCaching(HttpHeaders target) {
        String restricted = SharedCaching.restricted(target.getAll(HttpHeaderNames.CACHE_CONTROL));
        if (restricted != null) {
            target.set(HttpHeaderNames.CACHE_CONTROL, restricted);
        }
    }

    private static boolean isSetCookie(CharSequence name) {
        return AsciiString.contentEqualsIgnoreCase(HttpHeaderNames.SET_COOKIE, name);
    }

    /**
     * Adds the header names that {@code Connection} lists to those dropped; they apply to this hop only (RFC 9110 section
     * 7.6.1).
     */
    private HeaderNames withOptions(HttpHeaders source) {
        List<String> options = source.getAll(HttpHeaderNames.CONNECTION).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(option -> option.strip().toLowerCase(Locale.ROOT))
                .filter(option -> !option.isEmpty())
                .toList();
        return hopByHop.containsAll(options)
                ? dropped
                : HeaderNames.of(
                        Stream.concat(hopByHop.stream(), options.stream()).collect(Collectors.toSet()));
    }

    private Mono<Void> body(
            UpstreamResponse upstreamResponse,
            FastRoute route,
            OpenCall call,
            HttpHeaders source,
            HttpServerResponse response) {
        String length = source.get(HttpHeaderNames.CONTENT_LENGTH);
        return isShort(length)
                ? sendAggregated(upstreamResponse, route, response)
                : sendStreaming(upstreamResponse, call, length != null, response);
    }

    private Mono<Void> stream(UpstreamResponse upstreamResponse, OpenCall call, HttpServerResponse response) {
        Flux<ByteBuf> body = upstreamResponse.connection().inbound().receive().retain();
        Flux<ByteBuf> tracked = streams.trackBody(call.admission(), body, BackpressuredBody.channelOf(response));
        return response.send(BackpressuredBody.of(tracked, response), each -> true)
                .then();
    }

    /**
     * Applies the response timeout of the route to the body as well: a service that stalls after the head of a short
     * response fails in the same way as one that sends no head.
     */
    private static Mono<Void> sendAggregated(
            UpstreamResponse upstreamResponse, FastRoute route, HttpServerResponse response) {
        Mono<ByteBuf> content =
                upstreamResponse.connection().inbound().receive().aggregate().retain();
        Duration limit = route.responseTimeout();
        Mono<ByteBuf> limited = limit == null
                ? content
                : new EventLoopTimeout<>(
                        content, limit, upstreamResponse.connection().channel().eventLoop(), ByteBuf::release);
        return limited.flatMap(body -> response.sendObject(body).then()).switchIfEmpty(Mono.defer(response::send));
    }

    private Mono<Void> sendStreaming(
            UpstreamResponse upstreamResponse, OpenCall call, boolean bounded, HttpServerResponse response) {
        Flux<ByteBuf> body = upstreamResponse.connection().inbound().receive().retain();
        Flux<ByteBuf> tracked =
                bounded ? body : streams.trackUnbounded(call.admission(), body, BackpressuredBody.channelOf(response));
        return response.send(BackpressuredBody.of(tracked, response)).then();
    }

    private static boolean isShort(@Nullable String length) {
        return length != null && length.length() <= 5 && Integer.parseInt(length) <= MAX_AGGREGATED_BYTES;
    }

    private boolean isStreaming(@Nullable String contentType) {
        return contentType != null && !streaming.isEmpty() && isStreamingType(contentType);
    }

    private boolean isStreamingType(String contentType) {
        try {
            MediaType type = MediaType.parseMediaType(contentType);
            return streaming.stream().anyMatch(each -> each.isCompatibleWith(type));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
