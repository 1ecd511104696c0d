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
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
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
    private final CheckCounters counters = new CheckCounters();

    /**
     * Creates an authenticator.
     *
     * @param cache the guarded cache, which fails while Redis is not trusted
     * @param tokens the tokens in MySQL
     * @param settings the limits of checks in MySQL
     */
    public AccessTokenAuthenticator(
            TokenCodec codec,
            AccessTokenCache cache,
            TokenRepository tokens,
            RevocationLedger ledger,
            Transactions transactions,
            Clock clock,
            FallbackSettings settings) {
        this.codec = codec;
        this.cache = cache;
        this.fallback = new DatabaseTokenCheck(cache, tokens, ledger, transactions, clock, settings);
    }

    /**
     * Emits the identity for which the token passes; never empty. Errors: {@code ACCESS_TOKEN_INVALID},
     * {@code ACCESS_TOKEN_EXPIRED}, the code of a {@link RevocationReason}, or {@code UNAVAILABLE} if neither store could decide.
     */
    public Mono<Identity> authenticate(String accessToken) {
        return Mono.defer(() -> {
            TokenVerification verification = codec.verify(TokenKind.ACCESS, accessToken);
            if (verification instanceof TokenVerification.Genuine genuine) {
                return check(genuine.token());
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

    private Mono<Identity> check(Token token) {
        return new CacheLookupMono(cache, token.digest()).flatMap(lookup -> decide(token, lookup));
    }

    private Mono<Identity> decide(Token token, CacheLookupResult lookup) {
        if (lookup instanceof CacheLookupResult.Found found) {
            counters.countRedis();
            return toIdentity(found.entry());
        }
        if (lookup instanceof CacheLookupResult.Absent) {
            counters.countRefilled();
            return fallback.fill(token);
        }
        counters.countDegraded();
        return fallback.read(token);
    }

    private static Mono<Identity> toIdentity(AccessTokenEntry entry) {
        if (entry instanceof AccessTokenEntry.Tombstone tombstone) {
            return refuse(tombstone.reason().errorCode());
        }
        return Mono.just(((AccessTokenEntry.Live) entry).identity());
    }

    private static <T> Mono<T> refuse(ErrorCode code) {
        return Mono.error(() -> PortcullisException.of(code));
    }
}
