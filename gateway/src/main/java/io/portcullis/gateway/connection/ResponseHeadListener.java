package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.ChannelOperations;

/**
 * Runs a task when the head of a response has been written to the client's socket. The end of a response would be too late: a stream
 * may last for days.
 *
 * <p>A client whose connection breaks may have received less than the operating system accepted, which no server can know.
 */
public final class ResponseHeadListener extends ChannelOutboundHandlerAdapter {
    private final Runnable task;

    private ResponseHeadListener(Runnable task) {
        this.task = task;
    }

    /**
     * Runs the task once, on the event loop of the connection, after the head of this response has been written. The task does not run
     * if the connection is closed before.
     */
    public static void onWritten(ServerHttpResponse response, Runnable task) {
        Object connection = ServerHttpResponseDecorator.getNativeResponse(response);
        if (connection instanceof ChannelOperations<?, ?> operations) {
            Channel channel = operations.channel();
            // The next head that is written after the commit is that of this response. The commit waits for the
            // listener: if another thread begins this action, the event loop may write the head at once.
            response.beforeCommit(() -> Mono.<Void>fromRunnable(() -> addTo(channel, task))
                    .subscribeOn(Schedulers.fromExecutor(channel.eventLoop()))
                    // An event loop that has ended writes no head either.
                    .onErrorComplete(RejectedExecutionException.class));
        }
    }

    /** Adds a listener on the event loop. A closed channel has no codec any more, and gets none. */
    private static void addTo(Channel channel, Runnable task) {
        String codec = ClientCodec.find(channel.pipeline());
        if (codec != null) {
            channel.pipeline().addAfter(codec, null, new ResponseHeadListener(task));
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof HttpResponse response) || isInterim(response.status())) {
            var unused = context.write(message, promise);
            return;
        }
        ChannelPromise written = promise.unvoid();
        var unused = written.addListener(outcome -> {
            if (outcome.isSuccess()) {
                task.run();
            }
        });
        var unusedToo = context.write(message, written);
        context.pipeline().remove(this);
    }

    /** Returns whether another head follows. */
    private static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
}
