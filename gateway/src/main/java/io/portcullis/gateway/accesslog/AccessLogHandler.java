package io.portcullis.gateway.accesslog;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.gateway.logging.LogContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the access log of a client's connection. It stands behind the checks of requests, which let one request of a connection pass at a
 * time, and before the fast path and reactor-netty's handlers, so that it sees every request and response of both, and the refusals.
 *
 * <p>A line is written when the response has been written completely, or the connection is closed before. The line of a WebSocket is
 * written when its connection is closed.
 */
final class AccessLogHandler extends ChannelDuplexHandler {
    /** The unregistered status that nginx logs for a client that disconnects before its response. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final AccessLog log;

    private @Nullable AccessRecord current;
    private int status;
    private long bytes;
    private boolean interim;
    private boolean upgraded;
    private boolean broken;
    private boolean closedByGateway;

    AccessLogHandler(AccessLog log) {
        this.log = log;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && !upgraded) {
            current = log.begin(context.channel(), request);
            status = 0;
            bytes = 0;
        }
        AccessRecord record = current;
        if (record == null) {
            context.fireChannelRead(message);
        } else {
            LogContext.run(record, () -> context.fireChannelRead(message));
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        AccessRecord record = current;
        if (record == null) {
            var unused = context.write(message, promise);
            return;
        }
        if (message instanceof HttpResponse head) {
            begin(head.status());
        }
        bytes += size(message);
        boolean last = message instanceof LastHttpContent && !interim && !upgraded;
        var unused = context.write(message, promise);
        if (last) {
            end(record, AccessLine.End.COMPLETE);
        }
    }

    private void begin(HttpResponseStatus begun) {
        upgraded = begun.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
        interim = begun.codeClass() == HttpStatusClass.INFORMATIONAL && !upgraded;
        if (!interim) {
            status = begun.code();
        }
    }

    private static long size(Object message) {
        if (message instanceof ByteBufHolder part) {
            return part.content().readableBytes();
        }
        if (message instanceof ByteBuf part) {
            return part.readableBytes();
        }
        return message instanceof FileRegion file ? file.count() : 0;
    }

    private void end(AccessRecord record, AccessLine.End end) {
        current = null;
        int known = status == 0 && end == AccessLine.End.CLIENT ? CLIENT_CLOSED_REQUEST : status;
        log.write(record, known, bytes, end);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken |= cause instanceof IOException;
        AccessRecord record = current;
        if (record == null) {
            context.fireExceptionCaught(cause);
        } else {
            LogContext.run(record, () -> context.fireExceptionCaught(cause));
        }
    }

    /** The gateway closes the connection. A library also closes one that the client has broken. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        closedByGateway |= context.channel().isActive() && !broken;
        var unused = context.close(promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        AccessRecord record = current;
        if (record != null) {
            end(record, endOfConnection());
        }
        context.fireChannelInactive();
    }

    private AccessLine.End endOfConnection() {
        if (upgraded) {
            return AccessLine.End.COMPLETE;
        }
        return closedByGateway ? AccessLine.End.GATEWAY : AccessLine.End.CLIENT;
    }
}
