package io.portcullis.core.token.store;

/** Receives the outcome of a look-up. A failed look-up is not an absent entry: only the latter lets a check fill Redis. */
public interface CacheLookupListener {
    /** The cache has an entry: an identity or a tombstone. */
    void found(AccessTokenEntry entry);

    /** The cache has no entry for the digest. */
    void absent();

    /** The cache failed or is not trusted. The failure is {@code UNAVAILABLE}. */
    void failed(Throwable failure);
}
