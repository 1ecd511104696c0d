package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.Nullable;

/** A JSON body that holds a refresh token. Unknown fields are ignored. */
record RefreshTokenBody(@Nullable String refreshToken) {
    @Override
    public String toString() {
        return "RefreshTokenBody[...]";
    }
}
