package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.IssuedPair;

/** An access token and a refresh token that were issued together. */
record Pair(Secret access, Secret refresh, long expiresAt) {
    IssuedPair issued() {
        return new IssuedPair(access.digest(), refresh.digest(), expiresAt);
    }
}
