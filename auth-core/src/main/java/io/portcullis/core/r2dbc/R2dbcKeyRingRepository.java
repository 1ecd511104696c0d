package io.portcullis.core.r2dbc;

import io.portcullis.core.keyring.KeyNode;
import io.portcullis.core.keyring.KeyRingRepository;
import io.portcullis.core.keyring.KeyState;
import io.portcullis.core.keyring.StoredKey;
import io.portcullis.core.token.KeyId;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores the keys that sign tokens in {@code token_key}, and the nodes in {@code token_key_node}. The lock is a row of {@code lease}. */
public final class R2dbcKeyRingRepository implements KeyRingRepository {
    private static final String SILENCE = "TIMESTAMPDIFF(MICROSECOND, seen_at, UTC_TIMESTAMP(3))";

    private final DatabaseClient client;

    public R2dbcKeyRingRepository(DatabaseClient client) {
        this.client = client;
    }

    @Override
    public Flux<StoredKey> findKeys() {
        return client.sql(
                        "SELECT id, state, secret, created_at, changed_at FROM token_key ORDER BY changed_at DESC, id")
                .map(row -> new StoredKey(
                        KeyId.of(ColumnValues.text(row, "id")),
                        KeyState.ofName(ColumnValues.text(row, "state")),
                        ColumnValues.textOrNull(row, "secret"),
                        ColumnValues.instant(row, "created_at"),
                        ColumnValues.instant(row, "changed_at")))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<KeyNode> findNodes(Duration silence) {
        return client.sql("SELECT node, name, signer, verifies, elsewhere, dropped, stopped, " + SILENCE
                        + " AS silence FROM token_key_node" + " WHERE " + SILENCE + " < :silence ORDER BY name, node")
                .bind("silence", micros(silence))
                .map(R2dbcKeyRingRepository::node)
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    private static KeyNode node(Readable row) {
        return new KeyNode(
                ColumnValues.text(row, "node"),
                ColumnValues.text(row, "name"),
                idOrNull(ColumnValues.textOrNull(row, "signer")),
                ids(row, "verifies"),
                ids(row, "elsewhere"),
                ids(row, "dropped"),
                Duration.of(ColumnValues.number(row, "silence"), ChronoUnit.MICROS),
                Objects.requireNonNull(row.get("stopped", Integer.class), "stopped") != 0);
    }

    private static @Nullable KeyId idOrNull(@Nullable String text) {
        return text == null ? null : KeyId.of(text);
    }

    private static Set<KeyId> ids(Readable row, String column) {
        return ColumnValues.set(row, column).stream().map(KeyId::of).collect(Collectors.toUnmodifiableSet());
    }

    private static String join(Set<KeyId> ids) {
        return ids.stream().sorted().map(KeyId::toString).collect(Collectors.joining(","));
    }

    @Override
    public Mono<Void> saveNode(KeyNode node) {
        return execute(client.sql("""
                        INSERT INTO token_key_node (node, name, signer, verifies, elsewhere, dropped, seen_at, stopped)
                        VALUES (:node, :name, :signer, :verifies, :elsewhere, :dropped, UTC_TIMESTAMP(3), FALSE)
                        ON DUPLICATE KEY UPDATE name = :name, signer = :signer, verifies = :verifies, elsewhere = :elsewhere,
                          dropped = :dropped, seen_at = UTC_TIMESTAMP(3), stopped = FALSE""")
                .bind("node", node.id())
                .bind("name", node.name())
                .bind(
                        "signer",
                        ColumnValues.textOrNull(
                                node.signer() == null ? null : node.signer().toString()))
                .bind("verifies", join(node.verifies()))
                .bind("elsewhere", join(node.elsewhere()))
                .bind("dropped", join(node.dropped())));
    }

    @Override
    public Mono<Void> stopNode(String id) {
        return execute(client.sql("UPDATE token_key_node SET stopped = TRUE WHERE node = :node")
                .bind("node", id));
    }

    @Override
    public Mono<Void> removeNodes(Duration silence) {
        return execute(client.sql("DELETE FROM token_key_node WHERE " + SILENCE + " > :silence")
                .bind("silence", micros(silence)));
    }

    @Override
    public Mono<Void> lock() {
        // A write, because a Galera cluster compares the rows that were written, and knows no locks of other nodes.
        return execute(client.sql(
                "UPDATE lease SET expires_at = GREATEST(UTC_TIMESTAMP(3), expires_at + INTERVAL 1000 MICROSECOND)"
                        + " WHERE name = 'token-keys'"));
    }

    @Override
    public Mono<Void> insert(KeyId id, String secret) {
        return execute(client.sql("INSERT INTO token_key (id, state, secret, created_at, changed_at)"
                        + " VALUES (:id, 'PENDING', :secret, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))")
                .bind("id", id.toString())
                .bind("secret", secret));
    }

    @Override
    public Mono<Void> activate(KeyId id) {
        return execute(client.sql("UPDATE token_key SET state = 'ACTIVE', changed_at = UTC_TIMESTAMP(3)"
                        + " WHERE id = :id AND state = 'PENDING'")
                .bind("id", id.toString()));
    }

    @Override
    public Mono<Void> drop(KeyId id) {
        return execute(client.sql("INSERT INTO token_key (id, state, secret, created_at, changed_at)"
                        + " VALUES (:id, 'DROPPED', NULL, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE"
                        + " changed_at = IF(state = 'DROPPED', changed_at, UTC_TIMESTAMP(3)), state = 'DROPPED'")
                .bind("id", id.toString()));
    }

    /** A key is replaced when the next one becomes active. */
    @Override
    public Mono<Void> removeReplaced(Duration age) {
        return client.sql("SELECT MAX(changed_at) AS latest FROM token_key WHERE state = 'ACTIVE'"
                        + " AND changed_at < TIMESTAMPADD(MICROSECOND, :age, UTC_TIMESTAMP(3))")
                .bind("age", -micros(age))
                .map(row -> Optional.ofNullable(ColumnValues.instantOrNull(row, "latest")))
                .one()
                .flatMap(latest -> latest.map(time -> execute(
                                client.sql("DELETE FROM token_key WHERE state = 'ACTIVE' AND changed_at < :latest")
                                        .bind("latest", ColumnValues.utc(time))))
                        .orElseGet(Mono::empty))
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Mono<Map<Optional<KeyId>, Long>> countSessions() {
        return client.sql("SELECT key_id, COUNT(*) AS sessions FROM refresh_token FORCE INDEX (refresh_token_unspent)"
                        + " WHERE used_at IS NULL AND expires_at > UTC_TIMESTAMP(3) GROUP BY key_id")
                .map(row -> Map.entry(
                        Optional.ofNullable(ColumnValues.textOrNull(row, "key_id"))
                                .map(KeyId::of),
                        ColumnValues.number(row, "sessions")))
                .all()
                .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                .onErrorMap(StoreFailures::translate);
    }

    @Override
    public Flux<String> findSessions(KeyId id, int limit) {
        return client.sql("SELECT session_id FROM refresh_token FORCE INDEX (refresh_token_unspent)"
                        + " WHERE used_at IS NULL AND expires_at > UTC_TIMESTAMP(3) AND key_id = :id LIMIT :limit")
                .bind("id", id.toString())
                .bind("limit", limit)
                .map(row -> ColumnValues.text(row, "session_id"))
                .all()
                .onErrorMap(StoreFailures::translate);
    }

    private static Mono<Void> execute(DatabaseClient.GenericExecuteSpec statement) {
        return statement.then().onErrorMap(StoreFailures::translate);
    }

    private static long micros(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
    }
}
