package io.portcullis.gateway.upstream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decodes the responses on one connection to a service, and assigns each received byte to an exchange. A request is answered by
 * interim responses (RFC 9110 section 15.2) and by one final response. Interim responses and trailers are passed on only if the receiver
 * relays them: reactor-netty's client takes an interim response for the final one. A byte before or after the
 * response makes the connection unusable for further requests: the response is still delivered, and the additional bytes are
 * discarded.
 *
 * <p>A connection is reused only if its exchange ended cleanly: the response was read to its end, nothing followed it, and the
 * request had been written completely.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private enum State {
        /** No request is outstanding. */
        IDLE,
        /** A request has been written, at least in part, and its response has not ended. */
        EXCHANGE,
        /** The service has switched to the protocol that the request asked for. */
        UPGRADED,
        /** The connection must not be used again. All received bytes are discarded. */
        UNUSABLE
    }

    private final Exchange exchange = new Exchange();
    private final Consumer<Channel> whenUnusable;
    private final boolean relaysAll;
    private State state = State.IDLE;
    private boolean reused;
    private boolean readAgain;
    private boolean refused;

    private ResponseDecoder(HttpDecoderConfig config, Consumer<Channel> whenUnusable, boolean relaysAll) {
        super(config);
        this.whenUnusable = whenUnusable;
        this.relaysAll = relaysAll;
    }

    /**
     * Creates a decoder that drops interim responses and trailers.
     *
     * @param whenUnusable called when the connection must not be used for another request
     */
    static ResponseDecoder ofFinalResponses(HttpDecoderConfig config, Consumer<Channel> whenUnusable) {
        return new ResponseDecoder(config, whenUnusable, false);
    }

    /** Creates a decoder that passes on interim responses, as heads without an end, and trailers. */
    static ResponseDecoder ofAllResponses(HttpDecoderConfig config) {
        return new ResponseDecoder(config, unusable -> {}, true);
    }

    /** Returns whether the connection may be used for the next request. */
    boolean isIdle() {
        return state == State.IDLE;
    }

    /** Returns whether a request has been sent on the connection before. */
    boolean isReused() {
        return reused;
    }

    /** Called before the head of a request is written on an idle connection. */
    void begin(HttpRequest request) {
        state = State.EXCHANGE;
        exchange.begin(request, reused);
        reused = true;
    }

    /** Called when the last part of the request has been written. */
    void requestWritten() {
        exchange.requestWritten();
    }

    /**
     * Marks the connection as unusable because a request cannot be written on it; called instead of {@link #begin}. {@link
     * #failIfStale} then reports the failure to the exchange.
     */
    void refuse(ChannelHandlerContext ctx) {
        markUnusable(ctx);
        refused = true;
    }

    /** Marks the connection as unusable: it does not return to the pool. */
    private void markUnusable(ChannelHandlerContext ctx) {
        state = State.UNUSABLE;
        whenUnusable.accept(ctx.channel());
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        switch (state) {
            case UPGRADED -> super.decode(ctx, in, out);
            case UNUSABLE -> in.skipBytes(in.readableBytes());
            case IDLE -> discardUnsolicited(ctx, in);
            case EXCHANGE -> {
                exchange.received();
                int before = out.size();
                super.decode(ctx, in, out);
                inspect(ctx, in, out, before);
                readAgain &= out.isEmpty();
            }
        }
    }

    /** Closes the connection if the service sends bytes while no request is outstanding. */
    private void discardUnsolicited(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.isReadable()) {
            in.skipBytes(in.readableBytes());
            markUnusable(ctx);
            var unused = ctx.close();
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int before = out.size();
        super.decodeLast(ctx, in, out);
        if (state == State.EXCHANGE) {
            inspect(ctx, in, out, before);
        }
    }

    /**
     * Inspects the decoded parts from index {@code from} on: replaces failures, drops what is not relayed, and detects the end of the
     * exchange.
     */
    private void inspect(ChannelHandlerContext ctx, ByteBuf in, List<Object> out, int from) {
        for (int i = from; i < out.size() && state == State.EXCHANGE; i++) {
            HttpObject part = (HttpObject) out.get(i);
            if (part.decoderResult().isFailure()) {
                part.setDecoderResult(DecoderResult.failure(
                        new InvalidResponseException(part.decoderResult().cause())));
                end(ctx, in, false);
            } else if (part instanceof HttpResponse head && isInterim(head.status())) {
                // Netty adds an empty LastHttpContent after the head of an interim response.
                out.subList(relaysAll ? i + 1 : i, Math.min(i + 2, out.size())).clear();
                i -= relaysAll ? 0 : 1;
                readAgain = !relaysAll;
            } else if (part instanceof HttpResponse head && head.status().code() == 101) {
                state = State.UPGRADED;
            } else if (part instanceof LastHttpContent last) {
                if (!relaysAll) {
                    dropTrailers(last);
                }
                end(ctx, in, exchange.leavesNothingBehind() && !in.isReadable());
            }
        }
    }

    /**
     * Removes the trailers of a response, which RFC 9110 section 6.5.1 permits. The rules for response headers are not
     * applied to trailers.
     */
    private static void dropTrailers(LastHttpContent last) {
        if (!last.trailingHeaders().isEmpty()) {
            last.trailingHeaders().clear();
        }
    }

    private void end(ChannelHandlerContext ctx, ByteBuf in, boolean clean) {
        if (clean) {
            state = State.IDLE;
        } else {
            in.skipBytes(in.readableBytes());
            markUnusable(ctx);
        }
    }

    static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL && status.code() != 101;
    }

    /** Rejects status lines that do not conform to RFC 9112. */
    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        ResponseRules.requireStatus(initialLine[1]);
        HttpMessage message = super.createMessage(initialLine);
        ResponseRules.requireVersion1(message);
        return message;
    }

    /**
     * Checks the head of a response. Netty calls this method once for each response, after its headers; an exception marks
     * the response as failed.
     */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return exchange.hasNoBody((HttpResponse) message);
    }

    @Override
    protected boolean isSwitchingToNonHttp1Protocol(HttpResponse response) {
        return exchange.isUpgradeAsked() && super.isSwitchingToNonHttp1Protocol(response);
    }

    /**
     * Requests another read after an interim response. reactor-netty requests one only after it has received a message, and
     * this decoder drops interim responses.
     */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        if (readAgain) {
            readAgain = false;
            ctx.read();
        }
    }

    /**
     * Reports a stale connection before reactor-netty reports its end, because reactor-netty does not retry after the end
     * of a connection.
     */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        failIfStale(ctx);
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (!(cause instanceof IOException) || !failIfStale(ctx)) {
            super.exceptionCaught(ctx, cause);
        }
    }

    /**
     * Fails the current exchange with {@link StaleConnectionException} if it can be sent again on another connection.
     * Returns whether it did.
     */
    @CanIgnoreReturnValue
    boolean failIfStale(ChannelHandlerContext ctx) {
        // A request queued by another thread has not been written yet, although its exchange counts it as sent.
        boolean unsent = refused || (state == State.IDLE && reused);
        boolean stale = unsent || (state == State.EXCHANGE && exchange.isRepeatable());
        if (stale) {
            refused = false;
            markUnusable(ctx);
            ctx.fireExceptionCaught(new StaleConnectionException());
        }
        return stale;
    }
}
