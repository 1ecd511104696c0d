package io.portcullis.core.r2dbc;

import io.portcullis.core.token.store.SigningKeyRepository;
import io.portcullis.core.transaction.Transactions;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Stores the shared signing secret in the only row of {@code signing_key}. {@code INSERT ... ON DUPLICATE KEY UPDATE name = name}
 * keeps the secret of the first node and makes concurrent nodes wait for its commit. The following {@code SELECT} returns the
 * same secret to all.
 */
public final class R2dbcSigningKeyRepository implements SigningKeyRepository {
    private static final String NAME = "token";

    private final DatabaseClient client;
    private final Transactions transactions;

    public R2dbcSigningKeyRepository(DatabaseClient client, Transactions transactions) {
        this.client = client;
        this.transactions = transactions;
    }

    @Override
    public Mono<byte[]> getOrCreate(byte[] candidate) {
        byte[] secret = candidate.clone();
        return transactions.execute(insertIfAbsent(secret).then(find()));
    }

    private Mono<Void> insertIfAbsent(byte[] secret) {
        return client.sql("""
                        INSERT INTO signing_key (name, secret, created_at) VALUES (:name, :secret, UTC_TIMESTAMP(3))
                        ON DUPLICATE KEY UPDATE signing_key.name = signing_key.name""").bind("name", NAME).bind("secret", secret).then().onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<byte[]> find() {
        return client.sql("SELECT secret FROM signing_key WHERE name = :name")
                .bind("name", NAME)
                .map(row -> Objects.requireNonNull(row.get("secret", byte[].class), "secret"))
                .one()
                .onErrorMap(StoreFailures::translate);
    }
}
