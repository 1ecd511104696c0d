package io.portcullis.core.token.check;

import io.portcullis.core.token.store.AccessTokenEntry;

/**
 * Represents the outcome of a cache look-up. A failed look-up is not an absent entry: only the latter lets a check fill Redis.
 */
sealed interface CacheLookupResult {
    CacheLookupResult ABSENT = new Absent();
    CacheLookupResult FAILED = new Failed();

    /** The cache has an entry: an identity or a tombstone. */
    record Found(AccessTokenEntry entry) implements CacheLookupResult {}

    /** The cache has no entry for the digest. */
    record Absent() implements CacheLookupResult {}

    /** The cache failed or is not trusted. */
    record Failed() implements CacheLookupResult {}
}
