package io.portcullis.gateway.fastpath;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.gateway.accesslog.AccessRecord;
import io.portcullis.gateway.logging.LogContext;
import io.portcullis.gateway.problem.ProblemResponses;
import java.util.function.Supplier;

/** Makes the problem response of a failure on the fast path, as {@code ProblemExceptionHandler} does in the filter chain. */
final class ProblemWriter {
    private final ProblemResponses problems;

    ProblemWriter(ProblemResponses problems) {
        this.problems = problems;
    }

    FullHttpResponse response(Throwable failure, FastRequest fast, ChannelHandlerContext client) {
        ProblemResponses.Response problem =
                within(client.channel(), () -> problems.responseTo(failure, describe(fast)));
        ByteBuf body = ByteBufUtil.writeUtf8(client.alloc(), problem.body());
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(problem.status()), body);
        fast.cors().forEach(response.headers()::add);
        problem.headers().forEach(response.headers()::set);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }

    /** Logs the failure of a response whose head has been sent. */
    void logTruncated(Throwable failure, FastRequest fast, Channel client) {
        var unused = within(client, () -> problems.truncate(failure, describe(fast)));
    }

    /** Runs the work, whose log lines have the fields of the client's request if requests have an id. */
    private static <T> T within(Channel client, Supplier<T> work) {
        AccessRecord record = AccessRecord.of(client);
        return record == null ? work.get() : LogContext.call(record, work);
    }

    private static ProblemResponses.Request describe(FastRequest fast) {
        return new ProblemResponses.Request(
                fast.method().name(),
                fast.target().path(),
                true,
                fast.headers().getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
    }
}
