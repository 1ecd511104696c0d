package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.Nullable;

/** The JSON request body of a refresh. Unknown fields are ignored. */
record RefreshTokenBody(@Nullable String refreshToken) implements EndpointBody {
    @Override
    public String toString() {
        return "RefreshTokenBody[...]";
    }
}
