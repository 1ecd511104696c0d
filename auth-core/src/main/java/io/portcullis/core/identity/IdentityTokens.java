package io.portcullis.core.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.resilience.FairWorkers;
import io.portcullis.core.token.store.Identity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes the tokens that prove a caller's identity to a service: JSON Web Tokens (RFC 7519) with ES256 signatures.
 *
 * <pre>
 * iss                 the configured issuer
 * aud                 the id of the route
 * sub                 the user's id
 * preferred_username  the user's name
 * sid                 the session's id
 * roles               an array
 * tenant              absent if there is none
 * iat, exp            exp is {@link #LIFETIME} after iat
 * </pre>
 *
 * <p>A token serves the same caller and audience for {@link #REUSE}. Signatures are computed on threads of their own, never on an event
 * loop; their queue is bounded and fair between users, so that a user with many sessions delays nobody else.
 */
public final class IdentityTokens implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IdentityTokens.class);

    /** The time for which a token is valid. */
    public static final Duration LIFETIME = Duration.ofSeconds(60);

    /** The time for which the same token serves further requests. A service thus has at least half a minute to verify a token. */
    static final Duration REUSE = Duration.ofSeconds(30);

    private static final int WAITING_PER_THREAD = 1_024;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final IdentityKeys keys;
    private final IdentityTokenSettings settings;
    private final Clock clock;
    private final CachedTokens cache;
    private final LongAdder signed = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private volatile @Nullable FairWorkers workers;

    /** Creates an issuer that has neither keys nor threads before {@link #start}. */
    public IdentityTokens(IdentityKeys keys, IdentityTokenSettings settings, Clock clock) {
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
        this.cache = new CachedTokens(REUSE.toMillis(), settings.maxCached());
    }

    /** Starts the threads, and the reading of the keys. Completes when this node can sign. Further calls wait for the same. */
    public Mono<Void> start() {
        return Mono.defer(() -> {
            startThreads();
            return keys.start();
        });
    }

    private synchronized void startThreads() {
        if (workers == null) {
            int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
            workers = new FairWorkers("identity-token", threads, threads * WAITING_PER_THREAD);
        }
    }

    /**
     * Returns the token for a caller and an audience, or {@code UNAVAILABLE} if this node has no key, or too many signatures wait. The
     * future is usually complete. Otherwise it completes on a thread of the parallel scheduler. Callers must not complete it, because they
     * share it.
     */
    public CompletableFuture<String> token(Identity identity, String audience) {
        Instant now = clock.instant();
        IdentityKey key = keys.findSigner(now);
        FairWorkers threads = workers;
        if (key == null || threads == null) {
            refused.increment();
            return CompletableFuture.failedFuture(unavailable());
        }
        CachedTokens.Entry entry = cache.get(new CachedTokens.Key(identity, audience, key.id()), now.toEpochMilli());
        if (entry.claim()) {
            threads.submit(identity.userId(), new Signature(identity, audience, key, entry.token()));
        }
        return entry.token();
    }

    private static PortcullisException unavailable() {
        return PortcullisException.retryLater(ErrorCode.UNAVAILABLE, RETRY_AFTER);
    }

    /** Returns the number of tokens that this node has signed. */
    public long signed() {
        return signed.sum();
    }

    /** Returns the number of tokens that were refused, because this node had no key or too many signatures waited. */
    public long refused() {
        return refused.sum();
    }

    private JWTClaimsSet claims(Identity identity, String audience, Instant now) {
        Instant issuedAt = now.truncatedTo(ChronoUnit.SECONDS);
        var claims = new JWTClaimsSet.Builder()
                .issuer(settings.issuer())
                .audience(audience)
                .subject(identity.userId())
                .claim("preferred_username", identity.username())
                .claim("sid", identity.sessionId())
                .claim("roles", identity.roles().stream().sorted().toList())
                .issueTime(Date.from(issuedAt))
                .expirationTime(Date.from(issuedAt.plus(LIFETIME)));
        if (identity.tenantId() != null) {
            claims.claim("tenant", identity.tenantId());
        }
        return claims.build();
    }

    /** Stops the threads; the signatures that wait are refused. */
    @Override
    public void close() {
        FairWorkers threads = workers;
        if (threads != null) {
            threads.close();
        }
    }

    private final class Signature implements FairWorkers.Task {
        private final Identity identity;
        private final String audience;
        private final IdentityKey key;
        private final CompletableFuture<String> token;

        Signature(Identity identity, String audience, IdentityKey key, CompletableFuture<String> token) {
            this.identity = identity;
            this.audience = audience;
            this.key = key;
            this.token = token;
        }

        @Override
        public void run() {
            try {
                String text = key.sign(JOSEObjectType.JWT, claims(identity, audience, clock.instant()));
                signed.increment();
                complete(() -> token.complete(text));
            } catch (RuntimeException e) {
                log.error("Cannot sign an identity", e);
                refuse();
            }
        }

        @Override
        public void refuse() {
            refused.increment();
            complete(() -> token.completeExceptionally(unavailable()));
        }

        /** The requests that wait continue on the thread that completes the token. */
        private void complete(Runnable completion) {
            var unused = Schedulers.parallel().schedule(completion);
        }
    }
}
