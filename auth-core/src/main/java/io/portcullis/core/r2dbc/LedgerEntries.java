package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.RevocationReason;
import java.time.Instant;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Writes entries of the ledger, table {@code revoked_token}. Each method joins the transaction that revokes the tokens. */
final class LedgerEntries {
    private static final String INSERT =
            "INSERT INTO revoked_token (digest, expires_at, reason, revoked_at, applied_at)";

    private final DatabaseClient client;
    private final CurrentTimeSql time;

    LedgerEntries(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    /** Adds unapplied entries for access tokens whose rows still exist. An existing entry gets the new reason and date. */
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

    /** Adds an unapplied entry, dated now, for a token without a row. Emits false and changes nothing if an entry is in force. */
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
