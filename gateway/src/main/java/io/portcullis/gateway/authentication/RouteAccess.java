package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.check.TokenCheck;
import io.portcullis.core.token.check.TokenCheckListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.route.RouteRules;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Decides whether a request may pass (docs/design.md section 5, step 6). The fast path, the filter chain and the gateway's own
 * endpoints share this decision, and each applies its {@link Admission}. {@link RequestAccess} adds the decision on cookies.
 */
public final class RouteAccess {
    private final TokenCheck check;

    RouteAccess(TokenCheck check) {
        this.check = check;
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

    /**
     * Calls {@code whenAdmitted} if the request may pass, and completes or fails with its result. Otherwise emits
     * {@code UNAUTHENTICATED} if the route requires a token and none is presented, the authenticator's error if the token is
     * invalid, or {@link MissingRoleException} if the caller has none of the route's roles. On a route with
     * {@code auth: optional} a presented token must be valid. On a route with {@code auth: none} the token is not read.
     *
     * @throws BearerRequestException if the token is read and {@code source} refuses it
     */
    public Mono<Void> decide(RouteRules rules, TokenSource source, Function<Admission, Mono<Void>> whenAdmitted) {
        if (rules.auth() == RouteRules.Auth.NONE) {
            return whenAdmitted.apply(Admission.anonymous(rules));
        }
        String token = source.token();
        if (token != null) {
            return check.authenticate(token, source::clientAddress)
                    .flatMap(identity -> whenAdmitted.apply(admit(identity, rules)));
        }
        return rules.auth() == RouteRules.Auth.OPTIONAL
                ? whenAdmitted.apply(Admission.anonymous(rules))
                : Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED));
    }

    /** Receives a decision: exactly one of its methods is called, on any thread. */
    public interface DecisionListener {
        /** The request may pass. */
        void admitted(Admission admission);

        /** The request may not pass, or nobody could decide. Errors as {@link RouteAccess#decide(RouteRules, TokenSource, Function)}. */
        void refused(Throwable failure);
    }

    /** Makes the same decision as {@link #decide(RouteRules, TokenSource, Function)}. The returned task gives up: the listener is not called any more. */
    public Disposable decide(RouteRules rules, TokenSource source, DecisionListener listener) {
        String token = rules.auth() == RouteRules.Auth.NONE ? null : source.token();
        if (token == null) {
            if (rules.auth() == RouteRules.Auth.REQUIRED) {
                listener.refused(PortcullisException.of(ErrorCode.UNAUTHENTICATED));
            } else {
                listener.admitted(Admission.anonymous(rules));
            }
            return Disposables.disposed();
        }
        return check.authenticate(token, source::clientAddress, new Decision(rules, listener));
    }

    private record Decision(RouteRules rules, DecisionListener listener) implements TokenCheckListener {
        @Override
        public void passed(Identity identity) {
            MissingRoleException missing = rules.findMissingRole(identity);
            if (missing == null) {
                listener.admitted(Admission.identified(identity, rules));
            } else {
                listener.refused(missing);
            }
        }

        @Override
        public void failed(Throwable failure) {
            listener.refused(failure);
        }
    }

    static Admission admit(Identity identity, RouteRules rules) {
        rules.requireRole(identity);
        return Admission.identified(identity, rules);
    }
}
