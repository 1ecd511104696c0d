package io.portcullis.core.r2dbc;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.r2dbc.spi.Readable;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Executes the statements on {@code refresh_token} for {@link R2dbcTokenRepository}. Errors are those of the driver. */
final class RefreshTokenRows {
    private final DatabaseClient client;
    private final CurrentTimeSql time;

    RefreshTokenRows(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    Mono<Void> insert(RefreshTokenRecord token) {
        return client.sql("""
                        INSERT INTO refresh_token
                          (digest, session_id, generation, expires_at, used_at, sealed_successor, undelivered, key_id)
                        VALUES (:digest, :sessionId, :generation, :expiresAt, :usedAt, :sealedSuccessor, :undelivered, :keyId)""")
                .bind("digest", token.digest())
                .bind("sessionId", token.sessionId())
                .bind("generation", token.generation())
                .bind("expiresAt", ColumnValues.utc(token.expiresAt()))
                .bind("usedAt", ColumnValues.utcOrNull(token.usedAt()))
                .bind("sealedSuccessor", ColumnValues.textOrNull(token.sealedSuccessor()))
                .bind("undelivered", token.undelivered())
                .bind(
                        "keyId",
                        ColumnValues.textOrNull(
                                token.keyId() == null ? null : token.keyId().toString()))
                .then();
    }

    /** Emits the two newest rows of the session, the newest first. */
    Flux<RefreshTokenRecord> findLatest(String sessionId) {
        return client.sql("SELECT * FROM refresh_token FORCE INDEX (refresh_token_generation)"
                        + " WHERE session_id = :sessionId ORDER BY generation DESC LIMIT 2")
                .bind("sessionId", sessionId)
                .map(RefreshTokenRows::refreshToken)
                .all();
    }

    /**
     * Spends the token by {@code UPDATE ... WHERE digest = :digest AND used_at IS NULL}. If no row matches, signals
     * {@code UNAVAILABLE}, so that the transaction rolls back.
     */
    Mono<Void> spend(RefreshTokenRecord spent) {
        return client.sql("""
                        UPDATE refresh_token SET used_at = :usedAt, sealed_successor = :sealedSuccessor, undelivered = :undelivered
                        WHERE digest = :digest AND used_at IS NULL""")
                .bind("usedAt", ColumnValues.utcOrNull(spent.usedAt()))
                .bind("sealedSuccessor", ColumnValues.textOrNull(spent.sealedSuccessor()))
                .bind("undelivered", spent.undelivered())
                .bind("digest", spent.digest())
                .fetch()
                .rowsUpdated()
                .filter(updated -> updated == 1)
                .switchIfEmpty(Mono.error(() -> PortcullisException.storeUnavailable(
                        "MySQL", new IllegalStateException("refresh token: spent or deleted (expected: live)"))))
                .then();
    }

    Mono<Void> replaceSealedSuccessor(String digest, String sealedSuccessor) {
        return client.sql("UPDATE refresh_token SET sealed_successor = :sealedSuccessor WHERE digest = :digest")
                .bind("sealedSuccessor", sealedSuccessor)
                .bind("digest", digest)
                .then();
    }

    /** Sets {@code used_at} to the current time and clears {@code undelivered}, in the rows where that is set. */
    Mono<Void> confirmDelivery(Collection<String> digests) {
        return digests.isEmpty()
                ? Mono.empty()
                : client.sql("UPDATE refresh_token t FORCE INDEX (PRIMARY) SET t.used_at = " + time.now()
                                + ", t.undelivered = FALSE WHERE t.digest IN (:digests) AND t.undelivered")
                        .bind("digests", digests)
                        .then();
    }

    Mono<Void> delete(Collection<String> digests) {
        return digests.isEmpty()
                ? Mono.empty()
                : client.sql("DELETE t FROM refresh_token t FORCE INDEX (PRIMARY) WHERE t.digest IN (:digests)")
                        .bind("digests", digests)
                        .then();
    }

    private static RefreshTokenRecord refreshToken(Readable row) {
        return new RefreshTokenRecord(
                ColumnValues.text(row, "digest"),
                ColumnValues.text(row, "session_id"),
                Objects.requireNonNull(row.get("generation", Integer.class), "generation"),
                ColumnValues.instant(row, "expires_at"),
                ColumnValues.instantOrNull(row, "used_at"),
                ColumnValues.textOrNull(row, "sealed_successor"),
                Objects.requireNonNull(row.get("undelivered", Integer.class), "undelivered") != 0,
                keyId(ColumnValues.textOrNull(row, "key_id")));
    }

    private static @Nullable KeyId keyId(@Nullable String text) {
        return text == null ? null : KeyId.parse(text).orElse(null);
    }
}
