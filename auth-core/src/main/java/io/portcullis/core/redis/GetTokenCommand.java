package io.portcullis.core.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.AccessTokenEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * One {@code GET} of an access token: the command, its answer and whoever waits for it in one object, as every proxied request
 * makes one.
 *
 * <p>It has a home, the event loop that it was asked on, and ends there: answered, failed or too late, whichever comes first.
 * Only a cancellation may come from elsewhere. What has ended ignores all that comes after, but stays with Lettuce until Redis
 * has answered, since answers are told apart by their order.
 */
final class GetTokenCommand extends CommandOutput<String, String, String>
        implements RedisCommand<String, String, String> {
    private static final AtomicIntegerFieldUpdater<GetTokenCommand> STATE =
            AtomicIntegerFieldUpdater.newUpdater(GetTokenCommand.class, "state");
    private static final int NEW = 0;
    private static final int ASKED = 1;
    private static final int ENDED = 2;

    private static final byte[] GET = "*2\r\n$3\r\nGET\r\n$".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX =
            ("\r\n" + RedisAccessTokenCache.KEY_PREFIX).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = {'\r', '\n'};

    private final RedisCommandExecutor redis;
    private final String digest;
    private final CoreSubscriber<? super AccessTokenEntry> subscriber;
    private @Nullable LookupTimeouts timeouts;
    private long asked;
    private long time;
    private long deadline;
    private volatile int state;

    private GetTokenCommand(
            RedisCommandExecutor redis, String digest, CoreSubscriber<? super AccessTokenEntry> subscriber) {
        super(RedisConnections.CODEC, null);
        this.redis = redis;
        this.digest = digest;
        this.subscriber = subscriber;
    }

    /** Asked at each subscription. Every error is {@code UNAVAILABLE}. */
    static Mono<AccessTokenEntry> of(RedisCommandExecutor redis, String digest) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super AccessTokenEntry> actual) {
                actual.onSubscribe(new GetTokenCommand(redis, digest, actual).new CommandSubscription());
            }
        };
    }

    /** To be called on the home's event loop, before the command is sent. */
    void startTimeout(LookupTimeouts timeouts) {
        this.timeouts = timeouts;
        timeouts.add(this);
    }

    /** @param nanos how long it may take */
    void setDeadline(long nanoTime, long nanos) {
        asked = nanoTime;
        time = nanos;
        deadline = nanoTime + nanos;
    }

    /** Gives it back what it lost by an absence of the loop, unless it has got as much as its time back already. */
    void extendDeadline(long begin, long end) {
        if (deadline - asked < 2 * time) {
            deadline += EventLoopStalls.overlap(asked, begin, end);
        }
    }

    long deadline() {
        return deadline;
    }

    void expire(Duration limit) {
        if (end()) {
            fail(new TimeoutException("no answer within " + limit.toMillis() + " ms"));
        }
    }

    @Override
    public void complete() {
        LookupTimeouts at = timeouts;
        if (at == null || at.loop().inEventLoop()) {
            answer();
        } else {
            // A node of a Cluster may be connected to on another loop.
            at.loop().execute(this::answer);
        }
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        LookupTimeouts at = timeouts;
        if (at == null || at.loop().inEventLoop()) {
            failed(failure);
        } else {
            at.loop().execute(() -> failed(failure));
        }
        return true;
    }

    /** By Lettuce; whoever waits has not given up. */
    @Override
    public void cancel() {
        boolean unused = completeExceptionally(new IllegalStateException("the command was cancelled"));
    }

    private void answer() {
        if (!end()) {
            return;
        }
        if (hasError()) {
            fail(new RedisCommandExecutionException(getError()));
            return;
        }
        String text = get();
        AccessTokenEntry entry = text == null ? null : RedisAccessTokenCache.read(text);
        if (entry != null) {
            subscriber.onNext(entry);
        }
        subscriber.onComplete();
    }

    private void failed(Throwable failure) {
        if (end()) {
            fail(failure);
        }
    }

    private void fail(Throwable failure) {
        subscriber.onError(
                failure instanceof PortcullisException ? failure : RedisAccessTokenCache.unavailable(failure));
    }

    /** Whether it had not ended before. */
    private boolean end() {
        boolean first = STATE.getAndSet(this, ENDED) != ENDED;
        if (timeouts != null) {
            timeouts.trim();
        }
        return first;
    }

    @Override
    public boolean isDone() {
        return state == ENDED;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void encode(ByteBuf buffer) {
        buffer.writeBytes(GET);
        int length = RedisAccessTokenCache.KEY_PREFIX.length() + ByteBufUtil.utf8Bytes(digest);
        ByteBufUtil.writeAscii(buffer, Integer.toString(length));
        buffer.writeBytes(PREFIX);
        ByteBufUtil.writeUtf8(buffer, digest);
        buffer.writeBytes(END);
    }

    /** Only a Cluster asks for them, to find the node. */
    @Override
    public CommandArgs<String, String> getArgs() {
        return new CommandArgs<>(RedisConnections.CODEC).addKey(RedisAccessTokenCache.key(digest));
    }

    @Override
    public ProtocolKeyword getType() {
        return CommandType.GET;
    }

    @Override
    public CommandOutput<String, String, String> getOutput() {
        return this;
    }

    @Override
    public void setOutput(CommandOutput<String, String, String> output) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        output = bytes == null || isDone() ? null : codec.decodeValue(bytes);
    }

    /** The subscription. A type of its own, as Lettuce's cancellation means something else. */
    private final class CommandSubscription implements Subscription {
        @Override
        public void request(long n) {
            if (Operators.validate(n) && STATE.compareAndSet(GetTokenCommand.this, NEW, ASKED)) {
                redis.ask(GetTokenCommand.this);
            }
        }

        @Override
        public void cancel() {
            STATE.set(GetTokenCommand.this, ENDED);
        }
    }
}
