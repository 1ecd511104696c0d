package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.identity.IdentityTokens;
import io.portcullis.core.token.check.TokenCheck;
import io.portcullis.core.token.check.TokenCheckListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.route.RouteRules;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Decides whether a request may pass (docs/design.md section 5, step 6). The fast path, the filter chain and the gateway's own
 * endpoints share this decision, and each applies its {@link Admission}. {@link RequestAccess} adds the decision on cookies.
 */
public final class RouteAccess {
    private final TokenCheck check;
    private final IdentitySigner signer;
    private final boolean knowsImported;

    RouteAccess(TokenCheck check, IdentitySigner signer) {
        this(check, signer, false);
    }

    /** @param knowsImported whether tokens of another system may pass, so that no service may get one unchecked */
    RouteAccess(TokenCheck check, IdentitySigner signer, boolean knowsImported) {
        this.check = check;
        this.signer = signer;
        this.knowsImported = knowsImported;
    }

    /** Signs the identity of callers for services. */
    @FunctionalInterface
    interface IdentitySigner {
        /** Returns the signed identity, or its failure; see {@link IdentityTokens#token}. */
        CompletableFuture<String> token(Identity identity, String audience);
    }

    /** Supplies the bearer token of a request, and the client's address, when a decision needs them. */
    public interface TokenSource {
        /**
         * Returns the presented bearer token, or {@code null} if there is none.
         *
         * @throws BearerRequestException if the request presents several tokens, or a malformed one
         */
        @Nullable
        String token();

        /** Returns the client's address without a port. */
        String clientAddress();
    }

    /** Receives a decision. */
    public interface DecisionListener {
        /** The request may pass. */
        void admitted(Admission admission);

        /** The request may not pass, or no store could decide. */
        void refused(Throwable failure);
    }

    /**
     * Decides whether the request may pass, and calls exactly one method of the listener, once, on any thread. Refuses with
     * {@code UNAUTHENTICATED} if the route requires a token and none is presented, with the errors of {@link TokenCheck#authenticate} if
     * the token does not pass, and with {@link MissingRoleException} if the caller has none of the route's roles. On a route with
     * {@code auth: optional} a presented token must be valid. On a route with {@code auth: none} the token is not read. On a route with
     * {@code signed-identity: true}, refuses with the errors of {@link IdentityTokens#token} as well.
     *
     * @return cancels the decision: the listener is not called any more
     * @throws BearerRequestException if the token is read and {@code source} refuses it
     */
    public Disposable decide(RouteRules rules, TokenSource source, DecisionListener listener) {
        String token = rules.auth() == RouteRules.Auth.NONE ? null : source.token();
        if (token == null) {
            if (rules.auth() == RouteRules.Auth.REQUIRED) {
                listener.refused(PortcullisException.of(ErrorCode.UNAUTHENTICATED));
            } else {
                listener.admitted(Admission.anonymous(rules, knowsImported));
            }
            return Disposables.disposed();
        }
        return check.authenticate(token, source::clientAddress, new Decision(rules, listener));
    }

    /**
     * Makes the same decision. Calls {@code whenAdmitted} if the request may pass, and completes or fails with its result. Otherwise emits
     * the refusal, or the {@link BearerRequestException} of {@code source}.
     */
    Mono<Void> decide(RouteRules rules, TokenSource source, Function<Admission, Mono<Void>> whenAdmitted) {
        return Mono.<Admission>create(sink -> sink.onDispose(decide(rules, source, new Emission(sink))))
                .flatMap(whenAdmitted);
    }

    /**
     * Emits the admission of an identified caller, with the signed identity if the route asks for it. Emits {@link MissingRoleException} if
     * the caller has none of the route's roles, and the errors of {@link IdentityTokens#token}.
     */
    Mono<Admission> admit(Identity identity, RouteRules rules) {
        return Mono.create(sink -> admit(identity, rules, new Emission(sink)));
    }

    private void admit(Identity identity, RouteRules rules, DecisionListener listener) {
        MissingRoleException missing = rules.findMissingRole(identity);
        String audience = rules.identityAudience();
        if (missing != null) {
            listener.refused(missing);
        } else if (audience == null) {
            listener.admitted(Admission.identified(identity, rules, null));
        } else {
            var unused = signer.token(identity, audience).whenComplete((token, failure) -> {
                if (failure == null) {
                    listener.admitted(Admission.identified(identity, rules, token));
                } else {
                    listener.refused(failure);
                }
            });
        }
    }

    /** Emits a decision. */
    private record Emission(MonoSink<Admission> sink) implements DecisionListener {
        @Override
        public void admitted(Admission admission) {
            sink.success(admission);
        }

        @Override
        public void refused(Throwable failure) {
            sink.error(failure);
        }
    }

    private final class Decision implements TokenCheckListener {
        private final RouteRules rules;
        private final DecisionListener listener;

        Decision(RouteRules rules, DecisionListener listener) {
            this.rules = rules;
            this.listener = listener;
        }

        @Override
        public void passed(Identity identity) {
            admit(identity, rules, listener);
        }

        @Override
        public void failed(Throwable failure) {
            listener.refused(failure);
        }
    }
}
