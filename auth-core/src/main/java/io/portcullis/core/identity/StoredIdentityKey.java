package io.portcullis.core.identity;

import java.time.Instant;

/**
 * A key as MySQL holds it.
 *
 * @param id the key id in the header of each token that the key signs
 * @param jwk public and private key as a JSON Web Key (RFC 7517)
 * @param signsFrom the time from which all nodes sign with this key
 */
public record StoredIdentityKey(String id, String jwk, Instant signsFrom) {
    /** Leaves the key itself out. */
    @Override
    public String toString() {
        return "StoredIdentityKey[id=" + id + ", signsFrom=" + signsFrom + "]";
    }
}
