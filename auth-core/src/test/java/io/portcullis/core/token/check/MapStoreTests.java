package io.portcullis.core.token.check;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenCacheContract;

/** Verifies that the scripted cache of the tests keeps the contract of the cache. */
class MapStoreTests extends AccessTokenCacheContract {
    private final MapStore store = new MapStore();

    @Override
    protected AccessTokenCache store() {
        return store;
    }
}
