package io.portcullis.gateway.authentication;

import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;

/**
 * Selects the bearer tokens that are removed from a request before it is sent to the service (docs/design.md section 5, step 7).
 * Tickets are removed in any case, because they are for the gateway alone.
 */
public enum RemovedTokens {
    /** No token but a ticket is removed, because the route forwards tokens. */
    NONE,
    /** Tokens with the gateway's prefixes are removed. On a route without a login, other tokens may be meant for the service. */
    OWN,
    /** The same, and texts that have the form of a token that was imported from another system, while such tokens pass. */
    OWN_AND_IMPORTED,
    /** Every bearer token is removed, because the gateway has verified it as its own. */
    PRESENTED;

    /** Returns whether a presented bearer token is removed. */
    public boolean includes(String token) {
        return switch (this) {
            case NONE -> token.startsWith(TokenKind.TICKET.prefix());
            case OWN -> TokenStripper.hasTokenPrefix(token);
            case OWN_AND_IMPORTED -> TokenStripper.hasTokenPrefix(token) || TokenCodec.hasImportedForm(token);
            case PRESENTED -> true;
        };
    }
}
