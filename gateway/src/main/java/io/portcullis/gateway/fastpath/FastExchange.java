package io.portcullis.gateway.fastpath;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.authentication.Admission;
import io.portcullis.gateway.authentication.RouteAccess;
import io.portcullis.gateway.stream.Caller;
import io.portcullis.gateway.stream.OpenCall;
import io.portcullis.gateway.upstream.Acquisition;
import io.portcullis.gateway.upstream.ConnectionBudget;
import io.portcullis.gateway.upstream.Deadlines;
import io.portcullis.gateway.upstream.ExchangeListener;
import io.portcullis.gateway.upstream.ServiceConnection;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One request on the fast path, from its head to the end of its response: checks access, sends the request to its service and relays the
 * response. Confined to the event loop of the client.
 */
final class FastExchange implements RouteAccess.DecisionListener, ExchangeListener {
    private final ExchangeServices services;
    private final ChannelHandlerContext client;
    private final FastRequest request;
    private final ExchangeOwner owner;
    private final RequestBody body;
    private final InterimResponses interim;
    private final ExchangeObserver observer;
    private final ResponseDeadline deadline = new ResponseDeadline();

    private @Nullable Disposable check;
    private @Nullable Admission admission;
    private @Nullable OpenCall call;
    private @Nullable Acquisition acquisition;
    private @Nullable ServiceConnection connection;
    private @Nullable RelayedResponse response;
    private long admittedAt;
    private boolean repeated;
    private boolean over;

    FastExchange(ExchangeServices services, ChannelHandlerContext client, FastRequest request, ExchangeOwner owner) {
        this.services = services;
        this.client = client;
        this.request = request;
        this.owner = owner;
        this.body = new RequestBody(client.channel(), services.trailers());
        this.interim = new InterimResponses(request, body, owner);
        this.observer = ExchangeObserver.of(services.tracing(), client.channel(), request);
    }

    void begin() {
        observer.begins();
        Disposable begun = services.access().decide(request.route().rules(), request, this);
        if (admission == null && !over) {
            check = begun;
        }
    }

    @Override
    public void admitted(Admission granted) {
        EventLoop loop = client.channel().eventLoop();
        if (!loop.inEventLoop()) {
            loop.execute(() -> admitted(granted));
        } else if (!over) {
            check = null;
            admission = granted;
            try {
                call(granted);
            } catch (RuntimeException failure) {
                fail(failure);
            }
        }
    }

    @Override
    public void refused(Throwable failure) {
        EventLoop loop = client.channel().eventLoop();
        if (!loop.inEventLoop()) {
            loop.execute(() -> refused(failure));
        } else if (!over) {
            check = null;
            if (request.cookie() && isRefusal(failure)) {
                // Only the filter chain refreshes a session.
                over = true;
                owner.handOver(body);
            } else {
                fail(failure);
            }
        }
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof PortcullisException known && known.code().httpStatus() == 401;
    }

    private void call(Admission granted) {
        observer.admitted(granted);
        admittedAt = System.nanoTime();
        try {
            call = services.calls().begin(callerOf(granted), request.route().service(), ConnectionBudget.NONE);
        } catch (PortcullisException tooMany) {
            fail(tooMany);
            return;
        }
        startDeadline();
        acquire(false);
    }

    private Caller callerOf(Admission granted) {
        return granted instanceof Admission.Identified identified
                ? Caller.of(identified.identity().sessionId(), "")
                : Caller.of(null, request.clientAddress());
    }

    private void startDeadline() {
        Duration limit = request.route().responseTimeout();
        if (limit != null) {
            deadlines(limit).start(deadline);
        }
    }

    private Deadlines deadlines(Duration limit) {
        return services.connections().deadlines(client.channel().eventLoop(), limit);
    }

    private void acquire(boolean fresh) {
        FastRoute route = request.route();
        Acquisition begun = services.connections()
                .acquire(client.channel().eventLoop(), route.address(), route.connectTimeoutMillis(), fresh, this);
        if (begun != null) {
            acquisition = begun;
        }
    }

    @Override
    public void connected(ServiceConnection made) {
        acquisition = null;
        connection = made;
        made.begin(this);
        try {
            Admission granted = Objects.requireNonNull(admission);
            made.write(services.requests().of(request, granted, observer, body.isEmpty()));
            body.sendTo(made);
            made.flush();
            if (interim.isContinueAwaited()) {
                deadlines(InterimResponses.PATIENCE).start(interim);
            }
        } catch (RuntimeException failure) {
            fail(failure);
        }
    }

    /** A part of the request's body has been received. Releases it in time. */
    void requestContent(HttpContent part) {
        if (over) {
            part.release();
        } else {
            body.add(part);
        }
    }

    /** All that the client's socket had to read has been passed on. */
    void requestReadComplete() {
        if (connection != null) {
            body.flush();
        }
    }

    @Override
    public void writabilityChanged(boolean writable) {
        body.writabilityChanged();
    }

    /** The client takes more of the response, or must not be given more for now. */
    void clientWritabilityChanged(boolean writable) {
        if (connection != null) {
            connection.setReading(writable);
        }
    }

    @Override
    public void interim(HttpResponse head) {
        if (!over) {
            interim.relay(head.status(), services.heads().ofInterim(head));
        }
    }

    @Override
    public void head(HttpResponse head) {
        interim.finalResponseFollows();
        ServiceConnection from = Objects.requireNonNull(connection);
        OpenCall counted = Objects.requireNonNull(call);
        deadline.cancel();
        observer.receives(head.status().code());
        boolean stream = services.heads().isStreaming(head);
        if (stream) {
            try {
                counted.becomeStream(request.route().service());
            } catch (PortcullisException refused) {
                fail(refused);
                return;
            }
            from.becomeStream();
        }
        response = new RelayedResponse(services, client, request, owner, head);
        if (stream) {
            response.trackStream(counted, this::finish);
        } else if (!HttpUtil.isContentLengthSet(head)) {
            response.trackUnbounded(counted);
        }
        if (response.isHeldBack()) {
            startDeadline();
        }
    }

    @Override
    public void content(HttpContent part) {
        if (response == null || over) {
            part.release();
        } else if (response.add(part)) {
            record(response.status());
            end();
        } else if (response.isHeldBack()) {
            // A short response may be slow, but must not stall.
            startDeadline();
        }
    }

    @Override
    public void readComplete() {
        if (response != null && !over) {
            response.flush();
            if (!client.channel().isWritable() && connection != null) {
                connection.setReading(false);
            }
        }
    }

    @Override
    public void failed(Throwable failure) {
        acquisition = null;
        connection = null;
        if (over) {
            return;
        }
        if (ServiceConnection.isStale(failure) && !repeated && response == null) {
            repeated = true;
            acquire(true);
        } else {
            fail(failure);
        }
    }

    /** Ends a streamed response as if the service had ended it, because the node shuts down. */
    private void finish() {
        if (response != null && !over) {
            response.finish();
            record(response.status());
            end();
        }
    }

    /** Answers with the failure; cuts the connection if the response has begun, so that the client cannot take it for complete. */
    void fail(Throwable failure) {
        if (over) {
            return;
        }
        observer.fails(failure);
        if (response != null && response.hasBegun()) {
            services.problems().logTruncated(failure, request, client.channel());
            record(response.status());
            end();
            var unused = client.channel().close();
        } else {
            interim.finalResponseFollows();
            FullHttpResponse problem = services.problems().response(failure, request, client);
            int status = problem.status().code();
            owner.writeProblem(problem);
            record(status);
            end();
        }
    }

    /** The client has closed its connection. */
    void clientGone() {
        if (!over) {
            end();
        }
    }

    private void record(int status) {
        observer.answers(status);
        if (call != null) {
            request.route().timers().record(request.method(), status, System.nanoTime() - admittedAt);
        }
    }

    private void end() {
        over = true;
        deadline.cancel();
        interim.cancel();
        if (check != null) {
            check.dispose();
        }
        if (acquisition != null) {
            acquisition.cancel();
        }
        if (response != null) {
            response.end();
        }
        // After a complete response, the connection to the service returns itself to its pool or closes itself.
        if (connection != null && (response == null || !response.isComplete())) {
            connection.abort();
        }
        body.release();
        observer.ends();
        if (call != null) {
            call.release();
        }
        owner.ended();
    }

    private final class ResponseDeadline extends Deadlines.Deadline {
        @Override
        protected void expire(Duration limit) {
            fail(new TimeoutException("no response within " + limit.toMillis() + " ms"));
        }
    }
}
