package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.IssuedPair;

/** Two tokens that were handed out together. */
record Pair(Secret access, Secret refresh, long expiresAt) {
    IssuedPair issued() {
        return new IssuedPair(access.digest(), refresh.digest(), expiresAt);
    }
}
