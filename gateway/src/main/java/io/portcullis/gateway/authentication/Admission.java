package io.portcullis.gateway.authentication;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.route.RouteRules;
import org.jspecify.annotations.Nullable;

/** The decision of {@link RouteAccess} that a request may pass, with the identity and the tokens that the service receives. */
public sealed interface Admission {
    /** The tokens that are removed from the request before the service sees it. */
    RemovedTokens removedTokens();

    /** The request passes without an identity. A token in it, if any, was not checked. */
    record Anonymous(RemovedTokens removedTokens) implements Admission {
        private static final Anonymous WITH_TOKENS = new Anonymous(RemovedTokens.NONE);
        private static final Anonymous WITHOUT_OWN_TOKENS = new Anonymous(RemovedTokens.OWN);
        private static final Anonymous WITHOUT_OWN_OR_IMPORTED = new Anonymous(RemovedTokens.OWN_AND_IMPORTED);
    }

    /**
     * The request passes with the identity of its caller, who has one of the route's roles if it requires any.
     *
     * @param identityToken the signed identity for the service; null if the route asks for none
     */
    record Identified(
            Identity identity,
            RemovedTokens removedTokens,
            @Nullable String identityToken) implements Admission {
        /** Leaves the token out, which must not be logged. */
        @Override
        public String toString() {
            return "Identified[sessionId=" + identity.sessionId() + ", removedTokens=" + removedTokens + "]";
        }
    }

    /**
     * Returns a shared instance, because the fast path decides on each request and must not allocate.
     *
     * @param imported whether texts of the form of imported tokens are removed, too
     */
    static Admission anonymous(RouteRules rules, boolean imported) {
        if (rules.forwardToken()) {
            return Anonymous.WITH_TOKENS;
        }
        return imported ? Anonymous.WITHOUT_OWN_OR_IMPORTED : Anonymous.WITHOUT_OWN_TOKENS;
    }

    static Admission identified(Identity identity, RouteRules rules, @Nullable String identityToken) {
        return new Identified(
                identity, rules.forwardToken() ? RemovedTokens.NONE : RemovedTokens.PRESENTED, identityToken);
    }
}
