package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.route.RouteRules;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Decides whether a request may pass (docs/design.md section 5, step 6). The fast path, the filter chain and the gateway's own
 * endpoints all ask this type, and carry out its {@link Admission}.
 */
public final class RouteAccess {
    private final Function<String, Mono<Identity>> authenticator;

    /** @param authenticator emits the identity that an access token stands for, or fails; never empty */
    public RouteAccess(Function<String, Mono<Identity>> authenticator) {
        this.authenticator = authenticator;
    }

    /** A request, of which only the bearer token counts here. */
    @FunctionalInterface
    public interface TokenSource {
        /**
         * The presented bearer token, null for none.
         *
         * @throws BearerRequestException if the request presents several tokens, or a malformed one
         */
        @Nullable
        String token();
    }

    /**
     * Completes with what {@code admitted} does for a request that may pass; that function is not called for any other request.
     * Fails with {@code UNAUTHENTICATED} if a token is needed and none is presented, with the authenticator's failure if the
     * presented one is not valid, and with {@link MissingRoleException} if the caller has none of the route's roles. A valid token is
     * needed also on a route with {@code auth: optional} once one is presented. A route with {@code auth: none} reads no token.
     */
    public Mono<Void> decide(RouteRules rules, TokenSource source, Function<Admission, Mono<Void>> admitted) {
        if (rules.auth() == RouteRules.Auth.NONE) {
            return admitted.apply(Admission.anonymous(rules));
        }
        String token = source.token();
        if (token != null) {
            return authenticator.apply(token).flatMap(identity -> admitted.apply(admit(identity, rules)));
        }
        return rules.auth() == RouteRules.Auth.OPTIONAL
                ? admitted.apply(Admission.anonymous(rules))
                : Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED));
    }

    private static Admission admit(Identity identity, RouteRules rules) {
        rules.requireRole(identity);
        return Admission.identified(identity, rules);
    }
}
