package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.core.retention.Lease;
import io.portcullis.core.retention.LeaseLostException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@Timeout(180)
class R2dbcLeaseRepositoryIT {
    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcLeaseRepository leases = new R2dbcLeaseRepository(store.client, store.transactions);

    @BeforeEach
    void free() {
        store.execute("UPDATE lease SET expires_at = '2020-01-01'");
    }

    private static Lease lease(Duration time) {
        return new Lease("janitor", UUID.randomUUID().toString(), time);
    }

    private Mono<Void> renewing(Lease lease) {
        return store.transactions.execute(leases.renew(lease));
    }

    private static void runOut() {
        store.execute("UPDATE lease SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
    }

    @Test
    void takeWhenManyWantItThenOneGetsIt() {
        List<Lease> taken = await(Flux.range(0, 10)
                .flatMap(i -> leases.take(lease(Duration.ofMinutes(1))))
                .collectList());

        assertThat(taken).hasSize(1);
        run(renewing(taken.get(0)));
        assertThat(leases.take(lease(Duration.ofMinutes(1))).blockOptional()).isEmpty();
    }

    @Test
    void takeWhenItRanOutThenTheNextHasItAndTheFirstCannotRenewIt() {
        Lease first = await(leases.take(lease(Duration.ofMinutes(1))));
        runOut();
        Lease second = await(leases.take(lease(Duration.ofMinutes(1))));

        assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> run(renewing(first)));
        run(leases.setRemainingTime(first, Duration.ZERO));
        run(renewing(second));
    }

    @Test
    void renewWhenItRanOutAndNobodyTookItThenLostAllTheSame() {
        Lease lease = await(leases.take(lease(Duration.ofMinutes(1))));
        runOut();

        assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> run(renewing(lease)));
    }

    @Test
    void takeWhenRenewedInAnOpenTransactionThenWaitsForThatTransaction() {
        Lease lease = await(leases.take(lease(Duration.ofMinutes(1))));
        Lease shorter = new Lease(lease.name(), lease.holder(), Duration.ofMillis(1));
        Sinks.One<Boolean> renewed = Sinks.one();
        Sinks.Empty<Void> end = Sinks.empty();
        CompletableFuture<Void> working = store.transactions
                .execute(leases.renew(shorter)
                        .then(Mono.fromRunnable(() -> renewed.tryEmitValue(true)))
                        .then(end.asMono()))
                .toFuture();
        await(renewed.asMono());

        CompletableFuture<Lease> taking =
                leases.take(lease(Duration.ofMinutes(1))).toFuture();
        run(Mono.delay(Duration.ofMillis(300)));
        assertThat(taking).isNotDone();
        end.tryEmitEmpty();

        working.join();
        assertThat(taking.join()).isNotNull();
    }

    @Test
    void endInWhenHeldThenTheNextGetsItAfterThatTime() {
        Lease first = await(leases.take(lease(Duration.ofMinutes(1))));
        run(leases.setRemainingTime(first, Duration.ofMinutes(2)));
        assertThat(store.count(
                        "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), expires_at) FROM lease WHERE name = 'janitor'"))
                .isBetween(90L, 120L);

        run(leases.setRemainingTime(first, Duration.ZERO));

        await(leases.take(lease(Duration.ofMinutes(1))));
    }
}
