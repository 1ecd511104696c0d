package io.portcullis.core.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.SetArgs;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Access tokens in Redis, one string key each. What every operation sends:
 *
 * <pre>
 * find         GET portcullis:at:3f1c...
 * putIfAbsent  SET portcullis:at:3f1c... "1 L 42 alice member  9f... admin" PX 1800000 NX
 * expire       PEXPIRE portcullis:at:3f1c... 10000
 * revoke       SET portcullis:at:3f1c... "1 T LOGOUT" PX 1799000
 * </pre>
 *
 * <p>Why so: every command is atomic and names one key, so standalone, Sentinel and Cluster work alike, and a key never exists
 * without a TTL. A command that timed out may still run later; {@code NX} keeps a late issue or fill from overwriting a
 * tombstone, and the tombstone is written whatever is there, also over nothing, so that a fill that is still under way finds
 * it. A revoked key is not deleted: its absence would mean "ask MySQL" and let a fill that read before the logout bring it
 * back (Spring Session issue 1111).
 *
 * <p>A value that this release cannot read counts as absent. A fill cannot replace it, so until it expires MySQL answers.
 */
public final class RedisAccessTokenCache implements AccessTokenCache {
    private static final Logger log = LoggerFactory.getLogger(RedisAccessTokenCache.class);
    static final String KEY_PREFIX = "portcullis:at:";
    private static final String REDIS = "Redis";
    /** What Lettuce says, with no type of its own, of a command that it did not send for want of a connection. */
    private static final String REJECTED = "Currently not connected. Commands are rejected.";
    /**
     * After a topology change the first command to a new master is rejected while Lettuce connects, and no logout should fail
     * for that. Only for writes: a rejected {@code find} does better to ask MySQL at once. It is harmless even where Lettuce
     * rejects a command that an earlier connection to the node had sent: both writes may run twice. Nothing else is retried, as
     * its outcome is for the caller to judge.
     */
    private static final Retry RETRY_REJECTED = Retry.fixedDelay(2, Duration.ofMillis(30))
            .filter(RedisAccessTokenCache::rejected)
            .onRetryExhaustedThrow((retry, signal) -> signal.failure());

    private final RedisCommandExecutor redis;
    private final @Nullable ReplicaAcknowledgement acknowledgement;

    /**
     * A caller of {@code find} or {@code putIfAbsent} waits for the connections' read timeout: both are part of a check, and MySQL can
     * do without. A caller of {@code revoke} waits for the write timeout: a pause of Redis should not make a logout fail.
     *
     * @param acknowledgement by replicas, of tombstones; null for none
     */
    public RedisAccessTokenCache(RedisConnections redis, @Nullable ReplicaAcknowledgement acknowledgement) {
        this((RedisCommandExecutor) redis, acknowledgement);
    }

    RedisAccessTokenCache(RedisCommandExecutor redis, @Nullable ReplicaAcknowledgement acknowledgement) {
        this.redis = redis;
        this.acknowledgement = acknowledgement;
    }

    /** Where it was asked on one of the connections' event loops, the answer comes on that loop. */
    @Override
    public Mono<AccessTokenEntry> find(String digest) {
        return GetTokenCommand.of(redis, digest);
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return write(
                set(digest, IdentityCodec.write(identity), expiry(ttl).nx()),
                redis.timeouts().read());
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return guard(
                Mono.defer(() -> redis.commands().pexpire(key(digest), Math.max(1, remaining.toMillis())))
                        .retryWhen(RETRY_REJECTED)
                        .then(),
                redis.timeouts().write());
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        String tombstone = IdentityCodec.write(reason);
        return write(
                acknowledgement == null
                        ? set(digest, tombstone, expiry(remaining))
                        : acknowledgement.set(key(digest), tombstone, expiry(remaining)),
                redis.timeouts().write());
    }

    private Mono<Void> set(String digest, String value, SetArgs arguments) {
        return Mono.defer(() -> redis.commands().set(key(digest), value, arguments))
                .retryWhen(RETRY_REJECTED)
                .then();
    }

    private Mono<Void> write(Mono<Void> command, Duration timeout) {
        return guard(command.onErrorMap(RedisCommandExecutionException.class, this::refused), timeout);
    }

    private WriteRefusedException refused(RedisCommandExecutionException answer) {
        if (answer instanceof RedisReadOnlyException) {
            redis.masterDemoted();
        }
        return new WriteRefusedException(answer);
    }

    /** The entry; null if this release cannot read it. */
    static @Nullable AccessTokenEntry read(String text) {
        Optional<AccessTokenEntry> entry = IdentityCodec.read(text);
        if (entry.isEmpty()) {
            log.warn("An access token's value in Redis cannot be read and counts as absent");
            return null;
        }
        return entry.get();
    }

    static PortcullisException unavailable(Throwable failure) {
        return PortcullisException.storeUnavailable(REDIS, failure);
    }

    private static boolean rejected(Throwable failure) {
        return failure instanceof RedisException && REJECTED.equals(failure.getMessage());
    }

    /** Redis refuses {@code PX 0}; an entry for the last millisecond does no harm, a missing tombstone would. */
    private static SetArgs expiry(Duration ttl) {
        return SetArgs.Builder.px(Math.max(1, ttl.toMillis()));
    }

    static String key(String digest) {
        return KEY_PREFIX + digest;
    }

    /** The timeout is Reactor's, not the client's, whose timer ticks at 100 ms and ends a budget of 20 ms after 100. */
    private static <T> Mono<T> guard(Mono<T> command, Duration timeout) {
        return command.timeout(timeout)
                .onErrorMap(failure -> !(failure instanceof PortcullisException), RedisAccessTokenCache::unavailable);
    }
}
