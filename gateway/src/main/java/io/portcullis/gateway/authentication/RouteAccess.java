package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.route.RouteRules;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Decides whether a request may pass (docs/design.md section 5, step 6). The fast path, the filter chain and the gateway's own
 * endpoints share this decision, and each applies its {@link Admission}. {@link RequestAccess} adds the decision on cookies.
 */
public final class RouteAccess {
    private final BiFunction<String, Supplier<String>, Mono<Identity>> authenticator;

    /**
     * @param authenticator emits the identity that an access token stands for, or fails; never empty. Its second argument supplies the
     *     client's address
     */
    RouteAccess(BiFunction<String, Supplier<String>, Mono<Identity>> authenticator) {
        this.authenticator = authenticator;
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
            return authenticator
                    .apply(token, source::clientAddress)
                    .flatMap(identity -> whenAdmitted.apply(admit(identity, rules)));
        }
        return rules.auth() == RouteRules.Auth.OPTIONAL
                ? whenAdmitted.apply(Admission.anonymous(rules))
                : Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED));
    }

    static Admission admit(Identity identity, RouteRules rules) {
        rules.requireRole(identity);
        return Admission.identified(identity, rules);
    }
}
