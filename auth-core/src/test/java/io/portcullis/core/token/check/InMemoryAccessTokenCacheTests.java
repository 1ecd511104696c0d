package io.portcullis.core.token.check;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenCacheContract;

/** Verifies that the scripted cache of the tests keeps the contract of the cache. */
class InMemoryAccessTokenCacheTests extends AccessTokenCacheContract {
    private final InMemoryAccessTokenCache cache = new InMemoryAccessTokenCache();

    @Override
    protected AccessTokenCache cache() {
        return cache;
    }
}
