package io.portcullis.gateway.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.gateway.upstream.Acquisition;
import io.portcullis.gateway.upstream.Deadlines;
import io.portcullis.gateway.upstream.ExchangeListener;
import io.portcullis.gateway.upstream.ServiceAddress;
import io.portcullis.gateway.upstream.ServiceConnection;
import io.portcullis.gateway.upstream.ServiceConnections;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/**
 * One WebSocket handshake with a service, on a new connection. The service either switches to WebSocket, or answers with another response,
 * whose body is read at the pace of its subscriber. Confined to the event loop of the client, except where noted.
 */
final class ServiceHandshake implements ExchangeListener {
    private final EventLoop loop;
    private final HttpRequest request;
    private final MonoSink<ServiceHandshake> answered;
    private final WebSocketPeer service = new WebSocketPeer(() -> {}, () -> {});
    private final Sinks.Many<ByteBuf> body = Sinks.many().unicast().onBackpressureBuffer();
    /** Fails the body when the handshake is aborted. */
    private final Sinks.Empty<ByteBuf> aborted = Sinks.empty();

    private final Deadline deadline = new Deadline();

    private @Nullable Acquisition acquisition;
    private @Nullable ServiceConnection connection;
    private @Nullable HttpResponse response;
    private long demand;
    private boolean over;

    private ServiceHandshake(EventLoop loop, HttpRequest request, MonoSink<ServiceHandshake> answered) {
        this.loop = loop;
        this.request = request;
        this.answered = answered;
    }

    /**
     * Sends a handshake. Emits when the head of the response has been received. The subscriber then either relays the WebSocket, or
     * subscribes to the body, or aborts. Fails as a proxied request does. Cancellation aborts.
     *
     * @param loop the event loop of the client
     * @param limits the time limits of connection and response
     */
    static Mono<ServiceHandshake> with(
            ServiceConnections connections,
            EventLoop loop,
            ServiceAddress address,
            HttpRequest request,
            Limits limits) {
        return Mono.create(sink -> {
            var handshake = new ServiceHandshake(loop, request, sink);
            sink.onCancel(handshake::abort);
            loop.execute(() -> handshake.begin(connections, address, limits));
        });
    }

    /**
     * The time limits of a handshake.
     *
     * @param connectMillis the longest time in which the connection must be made
     * @param response the longest time until the head of the response, null for no limit
     */
    record Limits(int connectMillis, @Nullable Duration response) {}

    private void begin(ServiceConnections connections, ServiceAddress address, Limits limits) {
        if (over) {
            return;
        }
        if (limits.response() != null) {
            connections.deadlines(loop, limits.response()).start(deadline);
        }
        Acquisition begun = connections.acquire(loop, address, limits.connectMillis(), true, this);
        if (connection == null && !over) {
            acquisition = begun;
        }
    }

    @Override
    public void connected(ServiceConnection made) {
        acquisition = null;
        connection = made;
        made.begin(this);
        made.write(request);
        made.flush();
    }

    @Override
    public void failed(Throwable failure) {
        connection = null;
        fail(failure);
    }

    private void fail(Throwable failure) {
        if (over) {
            return;
        }
        if (response == null) {
            end();
            answered.error(failure);
        } else {
            end();
            var unused = body.tryEmitError(failure);
        }
    }

    @Override
    public void head(HttpResponse head) {
        deadline.cancel();
        ServiceConnection from = Objects.requireNonNull(connection);
        if (!isSwitch(head)) {
            response = head;
            from.setReading(false);
            answered.success(this);
        } else if (isWebSocket(head)) {
            response = head;
            connection = null;
            from.switchTo(service);
            // The handler is in the pipeline when the decoder has passed on the whole head.
            loop.execute(() -> answered.success(this));
        } else {
            fail(new ProtocolException("the service has switched to another protocol than WebSocket"));
        }
    }

    private static boolean isWebSocket(HttpResponse head) {
        return HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(head.headers().get(HttpHeaderNames.UPGRADE, ""));
    }

    /** Returns the head of the response. */
    HttpResponse response() {
        return Objects.requireNonNull(response);
    }

    /** Returns whether the service has switched to WebSocket. */
    boolean isAccepted() {
        return isSwitch(response());
    }

    private static boolean isSwitch(HttpResponse head) {
        return head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    /** Returns the handler of the service's connection, once the handshake {@link #isAccepted()}. */
    WebSocketPeer service() {
        return service;
    }

    /** Returns the body of a response other than {@code 101}. May be subscribed to once, on any thread. */
    Flux<ByteBuf> body() {
        return body.asFlux()
                .doOnRequest(more -> loop.execute(() -> demand(more)))
                .doOnCancel(() -> onLoop(this::end))
                .takeUntilOther(aborted.asMono())
                .doOnDiscard(ByteBuf.class, ByteBuf::release);
    }

    private void demand(long more) {
        demand += more;
        if (demand < 0) {
            demand = Long.MAX_VALUE;
        }
        readOnDemand();
    }

    /** The head is read in any case, also if it comes in several parts. */
    private void readOnDemand() {
        if (connection != null && response != null) {
            connection.setReading(demand > 0);
        }
    }

    @Override
    public void content(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        if (over || !part.content().isReadable()) {
            part.release();
        } else {
            demand--;
            if (body.tryEmitNext(part.content()).isFailure()) {
                part.release();
            }
        }
        if (last && !over) {
            // After a complete response, the connection returns itself to its pool or closes itself.
            connection = null;
            end();
            var unused = body.tryEmitComplete();
        }
    }

    @Override
    public void readComplete() {
        readOnDemand();
    }

    @Override
    public void writabilityChanged(boolean writable) {
        // The request has no body.
    }

    /** Gives up: closes the connection to the service. Without effect if the response is complete. May be called on any thread. */
    void abort() {
        onLoop(() -> {
            end();
            service.abort();
            releaseUnread();
            // A client that has left meanwhile leaves a subscriber that requests nothing and never cancels.
            var unused = aborted.tryEmitError(new CancellationException("the response is not wanted any more"));
        });
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Releases the body if nobody has subscribed to it: the sink has one subscriber at most. */
    private void releaseUnread() {
        Mono<Void> released = body.asFlux().doOnNext(ByteBuf::release).then().onErrorComplete();
        var unused = BackgroundWork.start("The release of an unread response", released);
    }

    private void end() {
        over = true;
        deadline.cancel();
        if (acquisition != null) {
            acquisition.cancel();
        }
        if (connection != null) {
            connection.abort();
            connection = null;
        }
    }

    private final class Deadline extends Deadlines.Deadline {
        @Override
        protected void expire(Duration limit) {
            fail(new TimeoutException("no response to a WebSocket handshake within " + limit.toMillis() + " ms"));
        }
    }
}
