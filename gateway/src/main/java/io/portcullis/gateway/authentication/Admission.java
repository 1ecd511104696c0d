package io.portcullis.gateway.authentication;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.route.RouteRules;

/** The decision of {@link RouteAccess} that a request may pass, and what the service behind the gateway gets to see of its caller. */
public sealed interface Admission {
    /** The tokens that are removed from the request before the service sees it. */
    RemovedTokens removedTokens();

    /** The request passes without an identity. A token in it, if any, was not checked. */
    record Anonymous(RemovedTokens removedTokens) implements Admission {
        private static final Anonymous WITH_TOKENS = new Anonymous(RemovedTokens.NONE);
        private static final Anonymous WITHOUT_OWN_TOKENS = new Anonymous(RemovedTokens.OWN);
    }

    /** The request passes with the identity of its caller, who has one of the roles that the route asks for. */
    record Identified(Identity identity, RemovedTokens removedTokens) implements Admission {}

    /** Makes no object: the fast path decides on each request. */
    static Admission anonymous(RouteRules rules) {
        return rules.forwardToken() ? Anonymous.WITH_TOKENS : Anonymous.WITHOUT_OWN_TOKENS;
    }

    static Admission identified(Identity identity, RouteRules rules) {
        return new Identified(identity, rules.forwardToken() ? RemovedTokens.NONE : RemovedTokens.PRESENTED);
    }
}
