package io.portcullis.gateway.authentication;

/** A bearer token as it was presented, not yet verified. */
public record BearerToken(String value) {
    @Override
    public String toString() {
        return "BearerToken[...]";
    }
}
