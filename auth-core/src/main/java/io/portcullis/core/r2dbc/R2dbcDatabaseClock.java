package io.portcullis.core.r2dbc;

import io.portcullis.core.clock.DatabaseClock;
import java.time.Instant;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Reads the database's time by {@code SELECT UTC_TIMESTAMP(3)}. */
public final class R2dbcDatabaseClock implements DatabaseClock {
    private final DatabaseClient client;
    private final CurrentTimeSql time;

    public R2dbcDatabaseClock(DatabaseClient client, CurrentTimeSql time) {
        this.client = client;
        this.time = time;
    }

    @Override
    public Mono<Instant> now() {
        return Mono.defer(() -> client.sql("SELECT " + time.now() + " AS now")
                .map(row -> ColumnValues.instant(row, "now"))
                .one()
                .onErrorMap(StoreFailures::translate));
    }
}
