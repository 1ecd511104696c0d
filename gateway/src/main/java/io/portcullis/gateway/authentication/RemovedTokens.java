package io.portcullis.gateway.authentication;

/** Which bearer tokens are removed from a request before the service behind the gateway sees it (docs/design.md section 5, step 7). */
public enum RemovedTokens {
    /** The route forwards tokens. */
    NONE,
    /** Tokens that look like the gateway's own. On a route without a login, others may be meant for the service. */
    OWN,
    /** Every bearer token: the gateway has accepted it as the caller's. */
    PRESENTED;

    /** Whether a text that is presented as a bearer token is removed. */
    public boolean includes(String token) {
        return this == PRESENTED || (this == OWN && TokenStripper.hasTokenPrefix(token));
    }
}
