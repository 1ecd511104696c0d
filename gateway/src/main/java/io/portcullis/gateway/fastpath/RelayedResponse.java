package io.portcullis.gateway.fastpath;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.gateway.stream.OpenCall;
import io.portcullis.gateway.stream.StreamedBody;
import org.jspecify.annotations.Nullable;

/**
 * The response of a service on its way to the client. The head is held back until the first part of the body is there or the socket of
 * the service is read empty, so that a small response is one message; a response of at most 16 KB until it is complete, so that a service
 * that stalls after its head is answered as one that sends no head.
 */
final class RelayedResponse {
    /** A response of at most this size is read completely and written at once. */
    private static final int MAX_AGGREGATED_BYTES = 16 * 1024;

    private final ExchangeServices services;
    private final ChannelHandlerContext client;
    private final ExchangeOwner owner;
    private final HttpResponseStatus status;
    private final boolean aggregated;
    private @Nullable HttpHeaders heldHeaders;
    private @Nullable CompositeByteBuf heldBody;
    private @Nullable StreamedBody stream;
    private boolean unflushed;
    private boolean complete;

    RelayedResponse(
            ExchangeServices services,
            ChannelHandlerContext client,
            FastRequest request,
            ExchangeOwner owner,
            HttpResponse head) {
        this.services = services;
        this.client = client;
        this.owner = owner;
        this.status = HttpResponseStatus.valueOf(head.status().code());
        HttpHeaders headers = services.heads().of(head, request);
        this.heldHeaders = headers;
        this.aggregated = isShort(head.headers().get(HttpHeaderNames.CONTENT_LENGTH));
    }

    private static boolean isShort(@Nullable String length) {
        return length != null && length.length() <= 5 && Integer.parseInt(length) <= MAX_AGGREGATED_BYTES;
    }

    int status() {
        return status.code();
    }

    /** Returns whether nothing is written before the response is complete. */
    boolean isHeldBack() {
        return aggregated && stream == null;
    }

    /** Returns whether the head has been written. */
    boolean hasBegun() {
        return heldHeaders == null;
    }

    boolean isComplete() {
        return complete;
    }

    void trackStream(OpenCall call, Runnable finish) {
        stream =
                StreamedBody.begin(services.streams(), call.admission(), client.channel(), finish, owner::closesAtOnce);
    }

    void trackUnbounded(OpenCall call) {
        stream = StreamedBody.beginUnbounded(
                services.streams(), call.admission(), client.channel(), owner::closesAtOnce);
    }

    /** Takes a part of the body. Returns whether the response is complete. */
    boolean add(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        if (last) {
            services.trailers().clean((LastHttpContent) part);
        }
        if (heldHeaders == null) {
            owner.write(part);
            unflushed = true;
        } else if (last) {
            writeAtOnce(heldHeaders, part.content(), ((LastHttpContent) part).trailingHeaders());
        } else if (isHeldBack()) {
            hold(part.content());
        } else {
            writeHead();
            owner.write(part);
        }
        if (last) {
            complete = true;
            flush();
        }
        return last;
    }

    private void hold(ByteBuf part) {
        if (heldBody == null) {
            heldBody = client.alloc().compositeBuffer();
        }
        heldBody.addComponent(true, part);
    }

    private void writeAtOnce(HttpHeaders headers, ByteBuf last, HttpHeaders trailers) {
        ByteBuf content = last;
        if (heldBody != null) {
            content = heldBody.addComponent(true, last);
            heldBody = null;
        }
        heldHeaders = null;
        var message = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content, headers, trailers);
        setKeepAlive(message);
        owner.write(message);
        unflushed = true;
    }

    private void writeHead() {
        HttpHeaders headers = heldHeaders;
        if (headers != null) {
            heldHeaders = null;
            var message = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers);
            setKeepAlive(message);
            owner.write(message);
            unflushed = true;
        }
    }

    private void setKeepAlive(HttpResponse message) {
        if (!owner.keepsAlive()) {
            HttpUtil.setKeepAlive(message, false);
        }
    }

    /** Sends what has been received so far. */
    void flush() {
        if (!isHeldBack()) {
            writeHead();
        }
        if (unflushed) {
            unflushed = false;
            owner.flush();
        }
    }

    /** Ends the body before the service has ended it. */
    void finish() {
        writeHead();
        owner.write(LastHttpContent.EMPTY_LAST_CONTENT);
        owner.flush();
    }

    void end() {
        if (heldBody != null) {
            heldBody.release();
            heldBody = null;
        }
        if (stream != null) {
            stream.end();
        }
    }
}
