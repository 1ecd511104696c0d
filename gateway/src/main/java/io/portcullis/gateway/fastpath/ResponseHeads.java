package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import io.portcullis.gateway.authentication.IdentityHeaders;
import io.portcullis.gateway.cookie.ClearSiteData;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.GatewayCookies;
import io.portcullis.gateway.cookie.SharedCaching;
import io.portcullis.gateway.cors.ServiceCorsHeadersFilter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Builds the headers that a client receives from those of a service's response. */
final class ResponseHeads {
    /** Dropped from the response of the service if the gateway has already set its own CORS headers. */
    private static final HeaderNames CORS = HeaderNames.of(ServiceCorsHeadersFilter.NAMES);

    /** A client must not get the signed identity of a service that returns what it receives. */
    private static final String IDENTITY_TOKEN = IdentityHeaders.IDENTITY_TOKEN.toLowerCase(Locale.ROOT);

    private static final int MAX_REMEMBERED_TYPES = 256;

    private final HeaderNames dropped;
    private final Set<String> alwaysDropped;
    private final List<MediaType> streaming;
    private final CookieMode cookies;
    private final Map<String, Boolean> streamingByType = new ConcurrentHashMap<>();

    /** @param streaming the media types of streams; the gateway flushes each part of such a response separately */
    ResponseHeads(HopByHopHeaders hopByHop, List<MediaType> streaming, CookieMode cookies) {
        this.alwaysDropped = Stream.concat(hopByHop.names().stream(), Stream.of(IDENTITY_TOKEN))
                .collect(Collectors.toUnmodifiableSet());
        this.dropped = HeaderNames.of(alwaysDropped);
        this.streaming = List.copyOf(streaming);
        this.cookies = cookies;
    }

    /** Returns the headers for the client. A response of unknown length that may have a body is chunked. */
    HttpHeaders of(HttpResponse head, FastRequest fast) {
        HttpHeaders target =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        fast.cors().forEach(target::add);
        copy(head.headers(), target);
        if (cookies != CookieMode.OFF && target.contains(ClearSiteData.NAME)) {
            keepCookies(target);
        }
        fast.route().effects().response().apply(target);
        if (fast.cookie()) {
            restrictSharedCaching(target);
        }
        int status = head.status().code();
        if (status != 204 && status != 304 && !target.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            target.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        return target;
    }

    /** Returns the headers for the client of an interim response, which has no body. */
    HttpHeaders ofInterim(HttpResponse head) {
        HttpHeaders target =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        copy(head.headers(), target);
        target.remove(HttpHeaderNames.SET_COOKIE)
                .remove(HttpHeaderNames.CONTENT_LENGTH)
                .remove(ClearSiteData.NAME);
        return target;
    }

    private void copy(HttpHeaders source, HttpHeaders target) {
        boolean hasCorsHeaders = target.contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
        HeaderNames notCopied = namesDropped(source);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            boolean kept = !notCopied.contains(header.getKey())
                    && !IdentityHeaders.isLogin(header.getKey())
                    && !(isSetCookie(header.getKey()) && GatewayCookies.isSetBy(header.getValue()))
                    && !(hasCorsHeaders && CORS.contains(header.getKey()));
            if (kept) {
                target.add(header.getKey(), header.getValue());
            }
        }
    }

    /** Returns the names that are not copied. Most responses have no {@code Connection}, or one that names no header. */
    private HeaderNames namesDropped(HttpHeaders source) {
        Iterator<? extends CharSequence> options = source.valueCharSequenceIterator(HttpHeaderNames.CONNECTION);
        while (options.hasNext()) {
            CharSequence option = options.next();
            if (!HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(option)
                    && !HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(option)) {
                return withOptions(source);
            }
        }
        return dropped;
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
        return alwaysDropped.containsAll(options)
                ? dropped
                : HeaderNames.of(
                        Stream.concat(alwaysDropped.stream(), options.stream()).collect(Collectors.toSet()));
    }

    /** Returns whether the response is a stream, whose parts are flushed separately, by its media type. */
    boolean isStreaming(HttpResponse head) {
        String contentType = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
        if (contentType == null || streaming.isEmpty()) {
            return false;
        }
        Boolean known = streamingByType.get(contentType);
        return known == null ? decideStreaming(contentType) : known;
    }

    /** Remembers the decision for a few hundred types: a parameter such as {@code boundary} makes each type another one. */
    private boolean decideStreaming(String contentType) {
        boolean decided = isStreamingType(contentType);
        if (streamingByType.size() < MAX_REMEMBERED_TYPES) {
            streamingByType.put(contentType, decided);
        }
        return decided;
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
