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
import io.portcullis.core.token.store.CacheLookupListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one {@code GET} for an access token. The command and its output are one object, because every proxied request creates both.
 *
 * <p>The command terminates once, by a reply, a failure or a timeout, and always on the event loop that sent it. A terminated command
 * ignores later signals. A command that timed out stays in Lettuce's queue until Redis has replied: the replies of Redis carry no id, so
 * Lettuce assigns them to commands by their order.
 */
final class GetTokenCommand extends CommandOutput<String, String, String>
        implements RedisCommand<String, String, String> {
    private static final byte[] GET = "*2\r\n$3\r\nGET\r\n$".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX =
            ("\r\n" + RedisAccessTokenCache.KEY_PREFIX).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = {'\r', '\n'};

    private final String digest;
    private final CacheLookupListener listener;
    private @Nullable LookupTimeouts timeouts;
    private long sentAt;
    private long timeoutNanos;
    private long deadline;
    private volatile boolean terminated;

    /** @param listener receives the outcome. Every failure is {@code UNAVAILABLE} */
    GetTokenCommand(String digest, CacheLookupListener listener) {
        super(RedisConnections.CODEC, null);
        this.digest = digest;
        this.listener = listener;
    }

    /** Starts the timeout. Must be called on the event loop of {@code timeouts}, before the command is sent. */
    void startTimeout(LookupTimeouts timeouts) {
        this.timeouts = timeouts;
        timeouts.add(this);
    }

    /**
     * Sets the deadline.
     *
     * @param nanoTime the current time, in {@link System#nanoTime()}
     * @param limitNanos the time limit in nanoseconds
     */
    void setDeadline(long nanoTime, long limitNanos) {
        sentAt = nanoTime;
        timeoutNanos = limitNanos;
        deadline = nanoTime + limitNanos;
    }

    /**
     * Extends the deadline by the part of the stall that overlaps this command. Does nothing once the extensions have reached the
     * length of the timeout itself.
     */
    void extendDeadline(long begin, long end) {
        if (deadline - sentAt < 2 * timeoutNanos) {
            deadline += EventLoopStalls.overlap(sentAt, begin, end);
        }
    }

    long deadline() {
        return deadline;
    }

    /** Terminates the command with a timeout, unless it has terminated already. */
    void expire(Duration limit) {
        if (terminate()) {
            signalError(new TimeoutException("no answer within " + limit.toMillis() + " ms"));
        }
    }

    @Override
    public void complete() {
        LookupTimeouts at = timeouts;
        if (at == null || at.loop().inEventLoop()) {
            signalReply();
        } else {
            // In a Cluster, the connection to the node may belong to another event loop.
            at.loop().execute(this::signalReply);
        }
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        LookupTimeouts at = timeouts;
        if (at == null || at.loop().inEventLoop()) {
            terminateWithError(failure);
        } else {
            at.loop().execute(() -> terminateWithError(failure));
        }
        return true;
    }

    /**
     * Called by Lettuce when it discards the command, for example on disconnect. Tells the listener, which is still waiting.
     */
    @Override
    public void cancel() {
        boolean unused = completeExceptionally(new IllegalStateException("Lettuce discarded the command"));
    }

    private void signalReply() {
        if (!terminate()) {
            return;
        }
        if (hasError()) {
            signalError(new RedisCommandExecutionException(getError()));
            return;
        }
        String text = get();
        AccessTokenEntry entry = text == null ? null : RedisAccessTokenCache.read(text);
        if (entry == null) {
            listener.absent();
        } else {
            listener.found(entry);
        }
    }

    private void terminateWithError(Throwable failure) {
        if (terminate()) {
            signalError(failure);
        }
    }

    private void signalError(Throwable failure) {
        listener.failed(failure instanceof PortcullisException ? failure : RedisAccessTokenCache.unavailable(failure));
    }

    /** Marks the command as terminated; returns whether it was not terminated before. */
    private boolean terminate() {
        boolean first = !terminated;
        terminated = true;
        if (timeouts != null) {
            timeouts.trim();
        }
        return first;
    }

    @Override
    public boolean isDone() {
        return terminated;
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

    /** Returns the key as the only argument. Only the Cluster client reads it, to find the node. */
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
}
