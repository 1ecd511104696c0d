package io.portcullis.core.login;

import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenRegistry;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.transaction.Detached;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Logout with any token of the session: access or refresh, current, superseded or expired (design section 6). */
public final class LogoutService {
    private final TokenCodec codec;
    private final TokenRegistry tokens;
    private final SessionTerminator terminator;

    public LogoutService(TokenCodec codec, TokenRegistry tokens, SessionTerminator terminator) {
        this.codec = codec;
        this.tokens = tokens;
        this.terminator = terminator;
    }

    /**
     * Completes when the token's session has ended, or when there is none: text that is no token of this gateway touches no
     * store (RFC 7009 section 2.2: an invalid token is no error). {@code UNAVAILABLE} when a store failed; calling again is
     * safe. Once begun it finishes even if the subscriber goes.
     */
    public Mono<Void> logout(String presented, ClientInfo client) {
        return Mono.justOrEmpty(genuine(presented))
                .flatMap(token -> Detached.shield(endSessionOf(token, client)))
                .then();
    }

    private Mono<EndResult> endSessionOf(Token token, ClientInfo client) {
        return tokens.findSessionId(token.kind(), token.digest())
                .flatMap(sessionId -> terminator.end(sessionId, EndReason.LOGOUT, new Caller(null, client)));
    }

    private Optional<Token> genuine(String presented) {
        return codec.kindOf(presented).flatMap(kind -> genuine(kind, presented));
    }

    private Optional<Token> genuine(TokenKind kind, String presented) {
        var verification = codec.verify(kind, presented);
        if (verification instanceof TokenVerification.Genuine genuine) {
            return Optional.of(genuine.token());
        }
        return verification instanceof TokenVerification.Expired expired
                ? Optional.of(expired.token())
                : Optional.empty();
    }
}
