package io.portcullis.gateway.authentication;

/** Represents a bearer token that a request presents and that is not verified yet. Its text form hides the value. */
public record BearerToken(String value) {
    @Override
    public String toString() {
        return "BearerToken[...]";
    }
}
