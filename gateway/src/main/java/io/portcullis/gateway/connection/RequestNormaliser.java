package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;

/**
 * Brings each HTTP/1 request into the one form that the rest of the gateway reads, directly behind the codec, and refuses the
 * requests that have none (RFC 9112). After it a request has exactly one valid {@code Host} (HTTP/1.0: at most one), a target in
 * origin form without illegal characters, a plain {@code Content-Length}, and none of the headers that {@code Connection} names.
 *
 * <p>A refused request continues as a substitute that {@link RequestRefuser} answers, so that the answer keeps its place among
 * those of pipelined requests. All that the client sends after it is discarded, and the connection is closed with the answer.
 */
final class RequestNormaliser extends ChannelDuplexHandler {
    /** Marks a substitute with the name of a {@link Refusal}. No client can send a name with a colon. */
    static final AsciiString REFUSAL = AsciiString.cached(":refusal");

    private static final AsciiString METHOD = AsciiString.cached(":method");
    private static final AsciiString PATH = AsciiString.cached(":path");
    private static final AsciiString AUTHORITY = AsciiString.cached(":authority");

    private static final String NAME = RequestNormaliser.class.getName();

    private boolean discarding;
    private boolean malformedBody;
    private int pendingResponses;

    /** Adds the handler to each HTTP/1 connection of a server. */
    static HttpServer on(HttpServer server) {
        return NegotiatedProtocol.onHttp1(server, RequestNormaliser::addTo);
    }

    static void addTo(Channel channel) {
        channel.pipeline().addAfter(ClientCodec.name(channel.pipeline()), NAME, new RequestNormaliser());
        FoldedLines.addTo(channel);
    }

    static void addBehind(Channel channel, String name, ChannelHandler handler) {
        channel.pipeline().addAfter(NAME, name, handler);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (discarding) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            read(context, request);
        } else if (message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            endMalformedBody(context, content);
        } else {
            if (message instanceof LastHttpContent last) {
                HiddenFields.storeTrailers(context.channel(), last.trailingHeaders());
            }
            context.fireChannelRead(message);
        }
    }

    private void read(ChannelHandlerContext context, HttpRequest request) {
        pendingResponses++;
        HiddenFields.clear(context.channel());
        Refusal refusal = RequestRules.apply(request, removed -> HiddenFields.store(context.channel(), removed));
        if (refusal == null) {
            context.fireChannelRead(request);
            return;
        }
        discarding = true;
        HttpRequest substitute = substitute(request, refusal);
        ReferenceCountUtil.release(request);
        context.fireChannelRead(substitute);
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Returns the request that stands for a refused one. */
    static HttpRequest substitute(HttpRequest request, Refusal refusal) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory()
                .withNameValidation(false)
                .newHeaders();
        headers.set(REFUSAL, refusal.name());
        headers.set(HttpHeaderNames.HOST, "localhost");
        headers.set(METHOD, request.method().name());
        set(headers, PATH, RefusalResponses.pathOf(request.uri()));
        set(headers, AUTHORITY, request.headers().get(HttpHeaderNames.HOST));
        set(headers, HttpHeaderNames.ORIGIN, request.headers().get(HttpHeaderNames.ORIGIN));
        set(headers, HttpHeaderNames.ACCEPT_LANGUAGE, request.headers().get(HttpHeaderNames.ACCEPT_LANGUAGE));
        HttpMethod method = request.method().equals(HttpMethod.HEAD) ? HttpMethod.HEAD : HttpMethod.GET;
        return new Substitute(method, headers);
    }

    /** Stands for a refused request. */
    static final class Substitute extends DefaultHttpRequest {
        Substitute(HttpMethod method, HttpHeaders headers) {
            super(HttpVersion.HTTP_1_1, method, "/", headers);
        }
    }

    private static void set(HttpHeaders headers, CharSequence name, @Nullable String value) {
        if (value != null) {
            headers.set(name, value);
        }
    }

    /** The properties of the refused request that a substitute carries. */
    static RefusalResponses.Head headOf(HttpHeaders substitute) {
        return new RefusalResponses.Head(
                substitute.get(METHOD, ""),
                substitute.get(PATH),
                substitute.get(HttpHeaderNames.ORIGIN),
                substitute.get(AUTHORITY),
                substitute.getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
    }

    /**
     * Fails the request whose body has broken framing. The request may already be under way to its service. The failure is
     * signalled only when the body is read, because reactor-netty would otherwise close the connection without a response.
     * If other requests are ahead of it, reactor-netty handles the failure when this request is next.
     */
    private void endMalformedBody(ChannelHandlerContext context, HttpContent content) {
        discarding = true;
        if (pendingResponses > 1) {
            context.fireChannelRead(content);
            return;
        }
        ReferenceCountUtil.release(content);
        if (pendingResponses == 0) {
            var unused = context.close();
        } else if (context.channel().config().isAutoRead()) {
            context.fireExceptionCaught(Refusal.MALFORMED.failure());
        } else {
            malformedBody = true;
        }
    }

    /** Signals a postponed failure when more of the body is requested. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (malformedBody) {
            malformedBody = false;
            context.executor().execute(() -> context.fireExceptionCaught(Refusal.MALFORMED.failure()));
        }
        context.read();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (isFinal(message)) {
            pendingResponses--;
        }
        if (!discarding || pendingResponses > 0) {
            var unused = context.write(message, promise);
            return;
        }
        if (isFinal(message)) {
            HttpUtil.setKeepAlive((HttpResponse) message, false);
        }
        var written = context.write(message, promise.unvoid());
        if (message instanceof LastHttpContent) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static boolean isFinal(@Nullable Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    }
}
