package io.portcullis.core.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.UnsentCommandException;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Stores access tokens in Redis, one string key per token (docs/design.md section 4). The commands per operation:
 *
 * <pre>
 * find         GET portcullis:at:3f1c...
 * putIfAbsent  SET portcullis:at:3f1c... "1 L 42 alice member  9f... admin" PX 1800000 NX
 * expire       PEXPIRE portcullis:at:3f1c... 10000
 * revoke       SET portcullis:at:3f1c... "1 T LOGOUT" PX 1799000
 * </pre>
 *
 * <p>Every command is atomic, names one key and sets a TTL. Standalone, Sentinel and Cluster therefore work alike, and no key
 * exists without a TTL. A command that timed out may still run later. {@code NX} prevents a late issue or fill from overwriting a
 * tombstone. The tombstone is written unconditionally, also for an absent key, so that a concurrent fill finds it. A revoked key
 * is not deleted: an absent key is filled from MySQL, and a fill that has read MySQL before the logout would restore the entry
 * (Spring Session issue 1111).
 *
 * <p>A value that this release cannot decode counts as absent. A fill does not replace it, so MySQL decides until the value
 * expires.
 */
public final class RedisAccessTokenCache implements AccessTokenCache {
    private static final Logger log = LoggerFactory.getLogger(RedisAccessTokenCache.class);
    static final String KEY_PREFIX = "portcullis:at:";
    private static final String REDIS = "Redis";
    /**
     * Lettuce's message for a command that it did not send because it was not connected. Lettuce has no exception type for it.
     */
    private static final String REJECTED = "Currently not connected. Commands are rejected.";
    /**
     * Retries a rejected write. After a topology change, Lettuce rejects the first command to a new master while it connects, and
     * a logout should not fail for that reason. A rejected {@code find} is not retried, because MySQL can decide at once. The
     * retry is safe even if an earlier connection has already sent the command, because a repeated write does no harm. No other
     * failure is retried: its outcome is unknown, and the caller must decide.
     */
    private static final Retry RETRY_REJECTED = Retry.fixedDelay(2, Duration.ofMillis(30))
            .filter(RedisAccessTokenCache::isRejected)
            .onRetryExhaustedThrow((retry, signal) -> signal.failure());

    private final RedisCommandExecutor redis;
    private final @Nullable ReplicaAcknowledgement acknowledgement;
    private final IdentityFormat format;

    /**
     * Creates a cache. {@code find} and {@code putIfAbsent} use the read timeout, because they are part of a check that MySQL can
     * decide. {@code revoke} and {@code expire} use the longer write timeout, so that a pause of Redis does not fail a logout.
     *
     * @param acknowledgement makes a tombstone wait for replicas; null to wait for none
     * @param format the version of the live entries that are written
     */
    public RedisAccessTokenCache(
            RedisConnections redis, @Nullable ReplicaAcknowledgement acknowledgement, IdentityFormat format) {
        this((RedisCommandExecutor) redis, acknowledgement, format);
    }

    /** Creates a cache that writes entries which the release before this one can read where possible. */
    public RedisAccessTokenCache(RedisConnections redis, @Nullable ReplicaAcknowledgement acknowledgement) {
        this(redis, acknowledgement, IdentityFormat.COMPATIBLE);
    }

    RedisAccessTokenCache(RedisCommandExecutor redis, @Nullable ReplicaAcknowledgement acknowledgement) {
        this(redis, acknowledgement, IdentityFormat.COMPATIBLE);
    }

    private RedisAccessTokenCache(
            RedisCommandExecutor redis, @Nullable ReplicaAcknowledgement acknowledgement, IdentityFormat format) {
        this.redis = redis;
        this.acknowledgement = acknowledgement;
        this.format = format;
    }

    /** Calls the listener on the calling event loop if it is one of the connections' event loops; otherwise on any of these. */
    @Override
    public void find(String digest, CacheLookupListener listener) {
        redis.dispatch(new GetTokenCommand(digest, listener));
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return write(
                set(digest, IdentityCodec.write(identity, format), expiry(ttl).nx()),
                redis.timeouts().read());
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return write(
                Mono.defer(() -> connected().pexpire(key(digest), Math.max(1, remaining.toMillis())))
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
        return Mono.defer(() -> connected().set(key(digest), value, arguments))
                .retryWhen(RETRY_REJECTED)
                .then();
    }

    private RedisClusterReactiveCommands<String, String> connected() {
        try {
            return redis.commands();
        } catch (PortcullisException e) {
            throw new UnsentCommandException(null);
        }
    }

    private Mono<Void> write(Mono<Void> command, Duration timeout) {
        return guard(
                command.onErrorMap(RedisCommandExecutionException.class, this::toWriteRefused)
                        .onErrorMap(RedisAccessTokenCache::isRejected, UnsentCommandException::new),
                timeout);
    }

    private WriteRefusedException toWriteRefused(RedisCommandExecutionException redisError) {
        if (redisError instanceof RedisReadOnlyException) {
            redis.masterDemoted();
        }
        return new WriteRefusedException(redisError);
    }

    /** Decodes an entry; null if this release cannot decode it. */
    static @Nullable AccessTokenEntry read(String text) {
        Optional<AccessTokenEntry> entry = IdentityCodec.read(text);
        if (entry.isEmpty()) {
            log.warn("Cannot decode the value of an access token in Redis; it counts as absent");
            return null;
        }
        return entry.get();
    }

    static PortcullisException unavailable(Throwable failure) {
        return PortcullisException.storeUnavailable(REDIS, failure);
    }

    private static boolean isRejected(Throwable failure) {
        return failure instanceof RedisException && REJECTED.equals(failure.getMessage());
    }

    /**
     * Returns a TTL of at least 1 ms. Redis refuses {@code PX 0}, and a missing tombstone is worse than one that lasts 1 ms too
     * long.
     */
    private static SetArgs expiry(Duration ttl) {
        return SetArgs.Builder.px(Math.max(1, ttl.toMillis()));
    }

    static String key(String digest) {
        return KEY_PREFIX + digest;
    }

    /** Applies Reactor's timeout. Lettuce's own timer has a resolution of 100 ms, which is too coarse for a timeout of 20 ms. */
    private static <T> Mono<T> guard(Mono<T> command, Duration timeout) {
        return command.timeout(timeout)
                .onErrorMap(failure -> !(failure instanceof PortcullisException), RedisAccessTokenCache::unavailable);
    }
}
