package io.portcullis.core.login;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Records in MySQL that the pairs of silent refreshes have been sent. One statement runs at a time, for all pairs that have been sent
 * meanwhile, so the records never take more than one connection. A statement that fails is repeated for about half a minute.
 *
 * <p>A record that is lost does no harm: the spent refresh token yields the same pair until the pair's own refresh token is presented.
 */
final class DeliveryRecorder {
    private static final Logger log = LoggerFactory.getLogger(DeliveryRecorder.class);
    private static final int MAX_BATCH = 500;
    private static final int RETRIES = 5;
    private static final Duration MIN_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final TokenRepository tokens;
    private final Transactions transactions;
    private final Queue<String> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();

    DeliveryRecorder(TokenRepository tokens, Transactions transactions) {
        this.tokens = tokens;
        this.transactions = transactions;
    }

    /** Returns a task that records once, however often it runs, that the successor pair of this refresh token has been sent. */
    Runnable once(String digest) {
        var recorded = new AtomicBoolean();
        return () -> {
            if (recorded.compareAndSet(false, true)) {
                waiting.add(digest);
                startIfIdle();
            }
        };
    }

    private void startIfIdle() {
        if (!waiting.isEmpty() && running.compareAndSet(false, true)) {
            var unused = BackgroundWork.start(
                    "Record of deliveries",
                    Mono.defer(this::writeBatch)
                            .repeat(() -> !waiting.isEmpty())
                            .then()
                            .doFinally(end -> {
                                running.set(false);
                                startIfIdle();
                            }));
        }
    }

    private Mono<Void> writeBatch() {
        List<String> batch = new ArrayList<>();
        for (String next = waiting.poll(); next != null; next = waiting.poll()) {
            batch.add(next);
            if (batch.size() == MAX_BATCH) {
                break;
            }
        }
        return transactions
                .execute(tokens.confirmDelivery(batch))
                .retryWhen(Retry.backoff(RETRIES, MIN_BACKOFF)
                        .maxBackoff(MAX_BACKOFF)
                        .onRetryExhaustedThrow((spec, signal) -> signal.failure()))
                .onErrorResume(failure -> {
                    log.warn(
                            "Cannot record that {} refreshed token pairs have been sent; their grace windows begin with their next refresh: {}",
                            batch.size(),
                            RootCause.describeWithStore(failure));
                    return Mono.empty();
                });
    }
}
