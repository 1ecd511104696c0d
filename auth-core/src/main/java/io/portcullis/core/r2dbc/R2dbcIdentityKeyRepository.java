package io.portcullis.core.r2dbc;

import io.portcullis.core.identity.IdentityKeyRepository;
import io.portcullis.core.identity.StoredIdentityKey;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores the keys that sign identities in the table {@code identity_key}. */
public final class R2dbcIdentityKeyRepository implements IdentityKeyRepository {
    private final DatabaseClient client;

    public R2dbcIdentityKeyRepository(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Flux<StoredIdentityKey> findAll() {
        return client.sql("SELECT id, jwk, signs_from FROM identity_key ORDER BY signs_from, id")
                .map(row -> new StoredIdentityKey(
                        ColumnValues.text(row, "id"),
                        ColumnValues.text(row, "jwk"),
                        ColumnValues.instant(row, "signs_from")))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> add(StoredIdentityKey key) {
        return client.sql("INSERT INTO identity_key (id, jwk, signs_from) VALUES (:id, :jwk, :signsFrom)")
                .bind("id", key.id())
                .bind("jwk", key.jwk())
                .bind("signsFrom", ColumnValues.utc(key.signsFrom()))
                .then()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Void> remove(String id) {
        return client.sql("DELETE FROM identity_key WHERE id = :id")
                .bind("id", id)
                .then()
                .onErrorMap(StoreFailures::translate);
    }
}
