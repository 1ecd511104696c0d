package io.portcullis.core.token.check;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.resilience.CallOutcome;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.token.TokenVerification.UnknownKey;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.TokenGrant;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.token.use.TokenUseRecorder;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Decides whether an access token passes, and for which identity (docs/design.md section 5, steps 3 to 5).
 *
 * <p>The text is verified first; only a genuine, unexpired token reaches a store, a text of the form of an imported one, and a token of
 * a key that another node has. Redis is read next. If Redis has no entry, MySQL is queried and Redis is filled. If Redis fails or is
 * not trusted, MySQL is queried alone. The failure of a store ends in {@code UNAVAILABLE}, never in a refusal of the token (invariant
 * I6).
 */
public final class AccessTokenAuthenticator implements TokenCheck {
    private static final String MYSQL = "MySQL";

    private final TokenCodec codec;
    private final AccessTokenCache cache;
    private final DatabaseTokenCheck fallback;
    /** Of its own: anybody can make up texts of the form of imported tokens, and they must not crowd out genuine tokens. */
    private final DatabaseTokenCheck importedFallback;

    /** Of its own as well: a key id is no secret. */
    private final DatabaseTokenCheck otherNodeFallback;

    private final TokenUseRecorder uses;
    private final Clock clock;
    private final CheckCounters counters = new CheckCounters();
    private final LatencyRecorder latency;

    /** Creates an authenticator that does not measure. Parameters as below. */
    public AccessTokenAuthenticator(
            TokenCodec codec,
            AccessTokenCache cache,
            TokenRepository tokens,
            RevocationLedger ledger,
            Transactions transactions,
            Clock clock,
            FallbackSettings settings,
            TokenUseRecorder uses) {
        this(codec, cache, tokens, ledger, transactions, clock, settings, uses, CheckLatency.NONE);
    }

    /**
     * Creates an authenticator.
     *
     * @param cache the guarded cache, which fails while Redis is not trusted
     * @param tokens the tokens in MySQL
     * @param settings the limits of checks in MySQL
     * @param uses records each token that passes
     * @param latency receives the durations of the checks and of their look-ups in MySQL
     */
    public AccessTokenAuthenticator(
            TokenCodec codec,
            AccessTokenCache cache,
            TokenRepository tokens,
            RevocationLedger ledger,
            Transactions transactions,
            Clock clock,
            FallbackSettings settings,
            TokenUseRecorder uses,
            CheckLatency latency) {
        this.codec = codec;
        this.uses = uses;
        this.clock = clock;
        this.cache = cache;
        this.latency = latency.checks();
        this.fallback = new DatabaseTokenCheck(cache, tokens, ledger, transactions, clock, settings, latency.inMySql());
        this.importedFallback = new DatabaseTokenCheck(
                cache, tokens, ledger, transactions, clock, settings.forUnverified(), latency.inMySql());
        this.otherNodeFallback = new DatabaseTokenCheck(
                cache, tokens, ledger, transactions, clock, settings.forUnverified(), latency.inMySql());
    }

    @Override
    public Disposable authenticate(String accessToken, Supplier<String> clientAddress, TokenCheckListener listener) {
        return check(codec.verify(TokenKind.ACCESS, accessToken), clientAddress, listener);
    }

    /** @param clientAddress as {@link #authenticate}; null if the check is no use of the token */
    private Disposable check(
            TokenVerification verification, @Nullable Supplier<String> clientAddress, TokenCheckListener listener) {
        if (verification instanceof TokenVerification.Genuine genuine) {
            return start(new Check(genuine.token(), fallback, clientAddress, listener));
        }
        if (verification instanceof TokenVerification.Imported imported) {
            return start(new Check(imported.claimed(), importedFallback, clientAddress, listener));
        }
        if (verification instanceof UnknownKey unknown && unknown.standing() != UnknownKey.Standing.UNKNOWN) {
            return checkUnknown(unknown, clientAddress, listener);
        }
        counters.countUnverified();
        refuse(
                listener,
                verification instanceof TokenVerification.Expired
                        ? ErrorCode.ACCESS_TOKEN_EXPIRED
                        : ErrorCode.ACCESS_TOKEN_INVALID);
        return Disposables.disposed();
    }

    /**
     * Looks up a token of a key that another node has. A store that holds its digest proves it, because the digest covers the whole text. If
     * this node cannot know the keys of the others, the token may be good, and is not refused.
     */
    private Disposable checkUnknown(
            UnknownKey unknown, @Nullable Supplier<String> clientAddress, TokenCheckListener listener) {
        Token claimed = unknown.claimed();
        if (!clock.instant().isBefore(claimed.expiresAt())) {
            counters.countUnverified();
            refuse(listener, ErrorCode.ACCESS_TOKEN_EXPIRED);
        } else if (unknown.standing() == UnknownKey.Standing.OTHER_NODE) {
            return start(new Check(claimed, otherNodeFallback, clientAddress, listener));
        } else {
            listener.failed(PortcullisException.storeUnavailable(MYSQL, null));
        }
        return Disposables.disposed();
    }

    private Disposable start(Check check) {
        cache.find(check.token.digest(), check);
        return check;
    }

    /**
     * Emits the identity for which the token passes, with the expiry of the token, as {@link #authenticate(String, Supplier)}, but does
     * not record the token as used.
     */
    public Mono<Identity> introspect(String accessToken) {
        return Mono.defer(() -> {
            TokenVerification verification = codec.verify(TokenKind.ACCESS, accessToken);
            Mono<Identity> checked = TokenCheckListener.emit(listener -> check(verification, null, listener));
            if (verification instanceof UnknownKey unknown) {
                return checked.map(identity -> withExpiry(identity, unknown.claimed()));
            }
            return verification instanceof TokenVerification.Genuine genuine
                    ? checked.map(identity -> withExpiry(identity, genuine.token()))
                    : checked;
        });
    }

    private static Identity withExpiry(Identity identity, Token token) {
        TokenGrant grant = identity.grant();
        return identity.with(new TokenGrant(grant.clientId(), grant.scopes(), grant.issuedAt(), token.expiresAt()));
    }

    /** Returns the live counters of the checks of this authenticator, by the store that decided. */
    public CheckCounters counters() {
        return counters;
    }

    private void refuse(TokenCheckListener listener, ErrorCode code) {
        counters.countRefused();
        listener.failed(PortcullisException.of(code));
    }

    private void recordUse(Token token, Identity identity, @Nullable Supplier<String> clientAddress) {
        if (uses != TokenUseRecorder.NONE && clientAddress != null) {
            uses.record(
                    token.digest(), identity.sessionId(), identity.userId(), identity.tenantId(), clientAddress.get());
        }
    }

    /** Decides by what Redis has, or asks MySQL. */
    private final class Check implements CacheLookupListener, Disposable {
        private final Token token;
        private final DatabaseTokenCheck inDatabase;
        private final @Nullable Supplier<String> clientAddress;
        private final TokenCheckListener listener;
        private final long start = System.nanoTime();
        private volatile boolean disposed;
        private volatile @Nullable Disposable inMySql;

        Check(
                Token token,
                DatabaseTokenCheck inDatabase,
                @Nullable Supplier<String> clientAddress,
                TokenCheckListener listener) {
            this.token = token;
            this.inDatabase = inDatabase;
            this.clientAddress = clientAddress;
            this.listener = listener;
        }

        @Override
        public void found(AccessTokenEntry entry) {
            counters.countRedis();
            if (entry instanceof AccessTokenEntry.Live live) {
                pass(live.identity());
            } else {
                refused(PortcullisException.of(
                        ((AccessTokenEntry.Tombstone) entry).reason().errorCode()));
            }
        }

        @Override
        public void absent() {
            counters.countRefilled();
            decideBy(inDatabase.fill(token));
        }

        @Override
        public void failed(Throwable failure) {
            counters.countDegraded();
            decideBy(inDatabase.read(token));
        }

        private void decideBy(Mono<Identity> check) {
            if (!disposed) {
                Disposable started = BackgroundWork.start(
                        "Check of a token in MySQL",
                        check.doOnNext(this::pass)
                                .onErrorResume(failure -> {
                                    refused(failure);
                                    return Mono.empty();
                                })
                                .then());
                inMySql = started;
                if (disposed) {
                    started.dispose();
                }
            }
        }

        private void pass(Identity identity) {
            latency.recordSince(start, CallOutcome.OK);
            if (!disposed) {
                recordUse(token, identity, clientAddress);
                listener.passed(identity);
            }
        }

        private void refused(Throwable failure) {
            CallOutcome outcome = CallOutcome.of(failure);
            latency.recordSince(start, outcome);
            if (outcome == CallOutcome.REFUSED) {
                counters.countRefused();
            }
            if (!disposed) {
                listener.failed(failure);
            }
        }

        @Override
        public void dispose() {
            disposed = true;
            Disposable running = inMySql;
            if (running != null) {
                running.dispose();
            }
        }
    }
}
