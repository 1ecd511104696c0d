package io.portcullis.gateway.fastpath;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.gateway.problem.ProblemResponses;

/** Makes the problem response of a failure on the fast path, as {@code ProblemExceptionHandler} does in the filter chain. */
final class ProblemWriter {
    private final ProblemResponses problems;

    ProblemWriter(ProblemResponses problems) {
        this.problems = problems;
    }

    FullHttpResponse response(Throwable failure, FastRequest fast, ChannelHandlerContext client) {
        ProblemResponses.Response problem = problems.responseTo(failure, describe(fast));
        ByteBuf body = ByteBufUtil.writeUtf8(client.alloc(), problem.body());
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(problem.status()), body);
        fast.cors().forEach(response.headers()::add);
        problem.headers().forEach(response.headers()::set);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }

    /** Logs the failure of a response whose head has been sent. */
    void logTruncated(Throwable failure, FastRequest fast) {
        var unused = problems.truncate(failure, describe(fast));
    }

    private static ProblemResponses.Request describe(FastRequest fast) {
        return new ProblemResponses.Request(
                fast.method().name(),
                fast.target().path(),
                true,
                fast.headers().getAll(HttpHeaderNames.ACCEPT_LANGUAGE));
    }
}
