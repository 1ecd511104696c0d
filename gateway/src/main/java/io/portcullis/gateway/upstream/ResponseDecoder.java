package io.portcullis.gateway.upstream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.gateway.upstream.InvalidResponseException.Violation;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import reactor.netty.Connection;

/**
 * Decodes the responses on one connection to a service, and knows which exchange each byte belongs to. One request is answered by
 * interim responses, which are dropped (RFC 9110 section 15.2), and one final response. A byte outside of that, before or after it,
 * ends the use of the connection: the response is still delivered, and the bytes are discarded.
 *
 * <p>The rule for reuse is <em>no</em> unless the exchange ended cleanly: the response was read to its end, nothing followed it, and
 * the request had been written to its end.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    /** The number of interim responses of one exchange. */
    static final int MAX_INTERIM = 100;

    private static final Set<HttpMethod> IDEMPOTENT = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE, HttpMethod.PUT, HttpMethod.DELETE);

    private enum State {
        /** No request is unanswered. */
        IDLE,
        /** A request has been written, at least in part, and its response has not ended. */
        EXCHANGE,
        /** The service has switched to the protocol that the request asked for. */
        UPGRADED,
        /** The connection must not be used again. What comes is discarded. */
        SPENT
    }

    private State state = State.IDLE;
    private HttpMethod method = HttpMethod.GET;
    private boolean reused;
    private boolean repeatable;
    private boolean upgradeAsked;
    private boolean requestWritten;
    private boolean received;
    private boolean bodyAnnounced;
    private int interim;
    private boolean readOn;
    private boolean refused;

    ResponseDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** Whether the connection may have the next request. */
    boolean isIdle() {
        return state == State.IDLE;
    }

    /** Whether the connection has had a request before. */
    boolean isReused() {
        return reused;
    }

    /** Called before the head of a request is written on an idle connection. */
    void begin(HttpRequest request) {
        state = State.EXCHANGE;
        method = request.method();
        upgradeAsked = request.headers().contains(HttpHeaderNames.UPGRADE);
        repeatable = reused && IDEMPOTENT.contains(method) && !announcesBody(request.headers());
        requestWritten = false;
        received = false;
        bodyAnnounced = false;
        interim = 0;
        reused = true;
    }

    /** Called when the last part of the request has been written. */
    void requestWritten() {
        requestWritten = true;
    }

    /** Called instead of {@link #begin} when a request cannot be written. {@link #failIfStale} says so to its exchange. */
    void refuse(ChannelHandlerContext ctx) {
        spend(ctx);
        refused = true;
    }

    /** Ends the use of the connection. */
    private void spend(ChannelHandlerContext ctx) {
        state = State.SPENT;
        Connection.from(ctx.channel()).markPersistent(false);
    }

    private static boolean announcesBody(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        switch (state) {
            case UPGRADED -> super.decode(ctx, in, out);
            case SPENT -> in.skipBytes(in.readableBytes());
            case IDLE -> discardUnasked(ctx, in);
            case EXCHANGE -> {
                received = true;
                int before = out.size();
                super.decode(ctx, in, out);
                review(ctx, in, out, before);
                readOn &= out.isEmpty();
            }
        }
    }

    /** A service has nothing to say on a connection without a request. */
    private void discardUnasked(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.isReadable()) {
            in.skipBytes(in.readableBytes());
            spend(ctx);
            var unused = ctx.close();
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int before = out.size();
        super.decodeLast(ctx, in, out);
        if (state == State.EXCHANGE) {
            review(ctx, in, out, before);
        }
    }

    /** Looks at what has been decoded, from an index on. */
    private void review(ChannelHandlerContext ctx, ByteBuf in, List<Object> out, int from) {
        for (int i = from; i < out.size() && state == State.EXCHANGE; i++) {
            HttpObject part = (HttpObject) out.get(i);
            if (part.decoderResult().isFailure()) {
                part.setDecoderResult(DecoderResult.failure(
                        new InvalidResponseException(part.decoderResult().cause())));
                end(ctx, in, false);
            } else if (part instanceof HttpResponse head && isInterim(head.status())) {
                // The decoder puts the empty end of an interim response behind its head.
                out.subList(i, Math.min(i + 2, out.size())).clear();
                i--;
                readOn = true;
            } else if (part instanceof HttpResponse head && head.status().code() == 101) {
                state = State.UPGRADED;
            } else if (part instanceof LastHttpContent last) {
                dropTrailers(last);
                end(ctx, in, requestWritten && !in.isReadable() && !bodyAnnounced);
            }
        }
    }

    /** RFC 9110 section 6.5.1 allows it. No rule for the headers of a response has been applied to its trailers. */
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
            spend(ctx);
        }
    }

    private static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL && status.code() != 101;
    }

    /** Rejects status lines that are not of the form that RFC 9112 section 4 demands. */
    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        String status = initialLine[1];
        if (status.length() != 3 || !isStatus(status)) {
            throw new Violation("status");
        }
        HttpMessage message = super.createMessage(initialLine);
        if (message.protocolVersion().majorVersion() != 1) {
            throw new Violation("version");
        }
        return message;
    }

    private static boolean isStatus(String status) {
        return status.charAt(0) >= '1'
                && isDigit(status.charAt(0))
                && isDigit(status.charAt(1))
                && isDigit(status.charAt(2));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Called once for each response, when its headers have been read. An exception makes the response a failed one. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        int status = ((HttpResponse) message).status().code();
        HttpHeaders headers = message.headers();
        if (status < 200) {
            requireAllowed(status);
            return true;
        }
        if (method.equals(HttpMethod.CONNECT) && status < 300) {
            throw new Violation("a tunnel");
        }
        requireChunkedAtMost(headers);
        normaliseLength(headers);
        if (status != 204 && status != 304 && !method.equals(HttpMethod.HEAD)) {
            return false;
        }
        // Some services send the body that they announce, perhaps later than the head: the connection is not used
        // again.
        bodyAnnounced = announcesBody(headers);
        if (status == 204) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        return true;
    }

    /** The decoder has read the value as a number already; clients may read leading zeros in another way. */
    private static void normaliseLength(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null
                && length.length() > 1
                && length.charAt(0) == '0'
                && length.chars().allMatch(Character::isDigit)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(Long.parseLong(length)));
        }
    }

    private void requireAllowed(int status) {
        if (status == 101 && !upgradeAsked) {
            throw new Violation("101 without an Upgrade in the request");
        }
        if (++interim > MAX_INTERIM) {
            throw new Violation("more than " + MAX_INTERIM + " interim responses");
        }
    }

    /** The gateway asks for no transfer coding (it sends no {@code TE}), and takes none off but {@code chunked}. */
    private static void requireChunkedAtMost(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() != 1
                    || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                            codings.get(0).strip())) {
                throw new Violation("transfer coding");
            }
        }
    }

    @Override
    protected boolean isSwitchingToNonHttp1Protocol(HttpResponse response) {
        return upgradeAsked && super.isSwitchingToNonHttp1Protocol(response);
    }

    /** The client library reads on when it is given something, which an interim response is not. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        if (readOn) {
            readOn = false;
            ctx.read();
        }
    }

    /** Comes first where a refused request and the end of the connection meet, because the end alone is not sent again. */
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

    /** Fails an exchange that may begin again on another connection. */
    @CanIgnoreReturnValue
    boolean failIfStale(ChannelHandlerContext ctx) {
        // A request that another thread has queued is not written yet, although its exchange counts it as sent.
        boolean unsent = refused || (state == State.IDLE && reused);
        boolean stale = unsent || (state == State.EXCHANGE && repeatable && !received);
        if (stale) {
            refused = false;
            spend(ctx);
            ctx.fireExceptionCaught(new StaleConnectionException());
        }
        return stale;
    }
}
