package io.portcullis.core.token.check;

import io.portcullis.core.token.store.AccessTokenEntry;

/** What asking the access token store came to. That it failed is not that it has nothing. */
sealed interface CacheLookupResult {
    CacheLookupResult ABSENT = new Absent();
    CacheLookupResult FAILED = new Failed();

    record Found(AccessTokenEntry entry) implements CacheLookupResult {}

    record Absent() implements CacheLookupResult {}

    record Failed() implements CacheLookupResult {}
}
