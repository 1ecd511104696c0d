package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.RevocationReason;
import java.time.Instant;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Writes the ledger, {@code revoked_token}, in the transaction that revokes. */
final class LedgerEntries {
    private static final String INSERT =
            "INSERT INTO revoked_token (digest, expires_at, reason, revoked_at, applied_at)";

    private final DatabaseClient client;
    private final CurrentTimeSql time;

    LedgerEntries(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    /** Enters these access tokens, whose rows are still there, or enters them again under the new reason and date. */
    Mono<Void> enter(List<String> digests, RevocationReason reason, Instant revokedAt) {
        if (digests.isEmpty()) {
            return Mono.empty();
        }
        return client.sql(INSERT + """
                         SELECT digest, expires_at, :reason, :revokedAt, NULL FROM access_token WHERE digest IN (:digests)
                        ON DUPLICATE KEY UPDATE reason = :reason, revoked_at = :revokedAt, applied_at = NULL""")
                .bind("reason", reason.name())
                .bind("revokedAt", ColumnValues.utc(revokedAt))
                .bind("digests", digests)
                .then();
    }

    /** Enters an access token that has no row, as of now; emits false, and changes nothing, if an entry is due already. */
    Mono<Boolean> enterUnknown(String digest, Instant expiresAt, RevocationReason reason) {
        return client.sql("SELECT 1 FROM revoked_token WHERE digest = :digest AND revoked_at <= " + time.now())
                .bind("digest", digest)
                .map(row -> false)
                .one()
                .switchIfEmpty(insert(digest, expiresAt, reason).thenReturn(true));
    }

    private Mono<Void> insert(String digest, Instant expiresAt, RevocationReason reason) {
        return client.sql(INSERT + " VALUES (:digest, :expiresAt, :reason, " + time.now() + ", NULL)"
                        + " ON DUPLICATE KEY UPDATE reason = :reason, revoked_at = " + time.now()
                        + ", applied_at = NULL")
                .bind("digest", digest)
                .bind("expiresAt", ColumnValues.utc(expiresAt))
                .bind("reason", reason.name())
                .then();
    }
}
