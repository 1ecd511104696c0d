package io.portcullis.core.token.check;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.token.use.TokenUseRecorder;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Decides whether an access token passes, and for which identity (docs/design.md section 5, steps 3 to 5).
 *
 * <p>The text is verified first; only a genuine, unexpired token reaches a store. Redis is read next. If Redis has no entry,
 * MySQL is queried and Redis is filled. If Redis fails or is not trusted, MySQL is queried alone. The failure of a store ends in
 * {@code UNAVAILABLE}, never in a refusal of the token (invariant I6).
 */
public final class AccessTokenAuthenticator {
    private final TokenCodec codec;
    private final AccessTokenCache cache;
    private final DatabaseTokenCheck fallback;
    private final TokenUseRecorder uses;
    private final CheckCounters counters = new CheckCounters();

    /**
     * Creates an authenticator.
     *
     * @param cache the guarded cache, which fails while Redis is not trusted
     * @param tokens the tokens in MySQL
     * @param settings the limits of checks in MySQL
     * @param uses records each token that passes
     */
    public AccessTokenAuthenticator(
            TokenCodec codec,
            AccessTokenCache cache,
            TokenRepository tokens,
            RevocationLedger ledger,
            Transactions transactions,
            Clock clock,
            FallbackSettings settings,
            TokenUseRecorder uses) {
        this.codec = codec;
        this.uses = uses;
        this.cache = cache;
        this.fallback = new DatabaseTokenCheck(cache, tokens, ledger, transactions, clock, settings);
    }

    /**
     * Emits the identity for which the token passes; never empty. Errors: {@code ACCESS_TOKEN_INVALID},
     * {@code ACCESS_TOKEN_EXPIRED}, the code of a {@link RevocationReason}, or {@code UNAVAILABLE} if neither store could decide.
     * A token that passes is recorded as used.
     *
     * @param clientAddress supplies the address that the token is used from, without a port. Called only if the token passes
     */
    public Mono<Identity> authenticate(String accessToken, Supplier<String> clientAddress) {
        return Mono.defer(() -> {
            TokenVerification verification = codec.verify(TokenKind.ACCESS, accessToken);
            if (verification instanceof TokenVerification.Genuine genuine) {
                return check(genuine.token(), clientAddress);
            }
            counters.countUnverified();
            return refuse(
                    verification instanceof TokenVerification.Expired
                            ? ErrorCode.ACCESS_TOKEN_EXPIRED
                            : ErrorCode.ACCESS_TOKEN_INVALID);
        });
    }

    /** Returns the live counters of the checks of this authenticator, by the store that decided. */
    public CheckCounters counters() {
        return counters;
    }

    private Mono<Identity> check(Token token, Supplier<String> clientAddress) {
        return new CacheLookupMono(cache, token.digest()).flatMap(lookup -> decide(token, clientAddress, lookup));
    }

    private Mono<Identity> decide(Token token, Supplier<String> clientAddress, CacheLookupResult lookup) {
        if (lookup instanceof CacheLookupResult.Found found) {
            counters.countRedis();
            return toIdentity(token, clientAddress, found.entry());
        }
        if (lookup instanceof CacheLookupResult.Absent) {
            counters.countRefilled();
            return countRefusal(fallback.fill(token)).doOnNext(identity -> recordUse(token, identity, clientAddress));
        }
        counters.countDegraded();
        return countRefusal(fallback.read(token)).doOnNext(identity -> recordUse(token, identity, clientAddress));
    }

    private Mono<Identity> toIdentity(Token token, Supplier<String> clientAddress, AccessTokenEntry entry) {
        if (entry instanceof AccessTokenEntry.Tombstone tombstone) {
            return refuse(tombstone.reason().errorCode());
        }
        Identity identity = ((AccessTokenEntry.Live) entry).identity();
        recordUse(token, identity, clientAddress);
        return Mono.just(identity);
    }

    private void recordUse(Token token, Identity identity, Supplier<String> clientAddress) {
        if (uses != TokenUseRecorder.NONE) {
            uses.record(token.digest(), identity.sessionId(), identity.userId(), clientAddress.get());
        }
    }

    private Mono<Identity> countRefusal(Mono<Identity> check) {
        return check.doOnError(PortcullisException.class, failure -> {
            if (failure.code() != ErrorCode.UNAVAILABLE) {
                counters.countRefused();
            }
        });
    }

    private <T> Mono<T> refuse(ErrorCode code) {
        counters.countRefused();
        return Mono.error(() -> PortcullisException.of(code));
    }
}
