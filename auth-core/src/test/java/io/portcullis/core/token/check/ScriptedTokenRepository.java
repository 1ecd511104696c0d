package io.portcullis.core.token.check;

import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.ImportedToken;
import io.portcullis.core.token.store.LiveAccessToken;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.TokenRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers each look-up of an identity with the next scripted result. */
final class ScriptedTokenRepository implements TokenRepository {
    final Deque<Mono<Identity>> results = new ArrayDeque<>();
    final List<String> requested = new ArrayList<>();

    @Override
    public Mono<ImportedToken> findImported(String digest) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Set<String>> findScopes(String accessTokenDigest) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Identity> findIdentity(String accessTokenDigest) {
        requested.add(accessTokenDigest);
        return results.remove();
    }

    @Override
    public Mono<LiveAccessToken> findIdentityLocked(String accessTokenDigest) {
        return findIdentity(accessTokenDigest).map(identity -> new LiveAccessToken(identity, Duration.ofMinutes(1)));
    }

    @Override
    public Mono<Void> insertAccess(AccessTokenRecord token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> insertRefresh(RefreshTokenRecord token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<String> findSessionId(TokenKind kind, String digest) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<RefreshTokenRecord> findLatestRefresh(String sessionId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> spendRefresh(RefreshTokenRecord spent) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> replaceSealedSuccessor(String digest, String sealedSuccessor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> confirmDelivery(Collection<String> digests) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> deleteRefresh(RefreshTokenRecord token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<AccessTokenRecord> supersedeAccess(String sessionId, Instant now, Instant until) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<AccessTokenRecord> revokeAccess(String sessionId, RevocationReason reason, Instant revokedAt) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Boolean> revokeUnknown(String digest, Instant expiresAt, RevocationReason reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> deleteRefresh(String sessionId) {
        throw new UnsupportedOperationException();
    }
}
