package io.portcullis.core.keyring;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.store.RevocationReason;

/**
 * The entry of a dropped key in the ledger and in Redis, beside those of revoked access tokens. So the replay of the ledger brings it back
 * after Redis was lost, and a node without MySQL finds it in Redis.
 */
final class KeyTombstone {
    static final RevocationReason REASON = RevocationReason.of(EndReason.KICKED);

    private KeyTombstone() {}

    /** Returns the text that stands in the place of a digest. No token has it, because a digest has hexadecimal digits only. */
    static String digest(KeyId key) {
        return "token-key-" + key;
    }
}
