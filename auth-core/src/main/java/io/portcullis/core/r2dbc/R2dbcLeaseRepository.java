package io.portcullis.core.r2dbc;

import io.portcullis.core.retention.Lease;
import io.portcullis.core.retention.LeaseLostException;
import io.portcullis.core.retention.LeaseRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Stores leases in the table {@code lease}, one row per name. The schema migration inserts the janitor's row:
 *
 * <pre>
 * take   UPDATE ... WHERE name = :name AND expires_at &lt;= UTC_TIMESTAMP(3)
 * renew  UPDATE ... WHERE name = :name AND holder = :holder AND expires_at &gt; UTC_TIMESTAMP(3)
 * </pre>
 *
 * <p>Only the database's clock decides whether a lease has expired, so the clocks of the nodes do not matter.
 */
public final class R2dbcLeaseRepository implements LeaseRepository {
    private static final String SET_EXPIRY = "expires_at = TIMESTAMPADD(MICROSECOND, :micros, UTC_TIMESTAMP(3))";
    private static final String WHERE_HELD =
            " WHERE name = :name AND holder = :holder AND expires_at > UTC_TIMESTAMP(3)";

    private final DatabaseClient client;
    private final Transactions transactions;

    public R2dbcLeaseRepository(DatabaseClient client, Transactions transactions) {
        this.client = client;
        this.transactions = transactions;
    }

    @Override
    public Mono<Lease> take(Lease wanted) {
        return transactions
                .execute(update(
                        "UPDATE lease SET holder = :holder, " + SET_EXPIRY
                                + " WHERE name = :name AND expires_at <= UTC_TIMESTAMP(3)",
                        wanted,
                        wanted.time()))
                .filter(updated -> updated == 1)
                .map(updated -> wanted);
    }

    @Override
    public Mono<Void> renew(Lease lease) {
        return update("UPDATE lease SET " + SET_EXPIRY + WHERE_HELD, lease, lease.time())
                .filter(updated -> updated == 1)
                .switchIfEmpty(Mono.error(() -> new LeaseLostException(lease)))
                .then();
    }

    @Override
    public Mono<Void> setRemainingTime(Lease lease, Duration time) {
        return transactions
                .execute(update("UPDATE lease SET " + SET_EXPIRY + WHERE_HELD, lease, time))
                .then();
    }

    private Mono<Long> update(String sql, Lease lease, Duration time) {
        return client.sql(sql)
                .bind("micros", TimeUnit.NANOSECONDS.toMicros(time.toNanos()))
                .bind("name", lease.name())
                .bind("holder", lease.holder())
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate);
    }
}
