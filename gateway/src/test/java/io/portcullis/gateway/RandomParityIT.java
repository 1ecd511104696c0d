package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of random requests and responses have the same outcome on the fast path and in the filter chain. */
@Timeout(600)
@Tag("database-independent")
class RandomParityIT {
    private static final int REQUESTS = Integer.getInteger("test.requests", 3_000);
    private static final int CALLERS = 4;
    private static final int MAX_RESETS = 20;

    private final BothPaths nodes = BothPaths.shared();

    /** {@code -Dtest.seed} repeats a run. */
    @Test
    void requestWhenRandomThenTheSameOnBothPaths() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        long before = nodes.fastPathCount(FAST_PATH);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Random random = new Random(seed + caller);
                runs.add(callers.submit(() -> compare(random, seed)));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            callers.shutdownNow();
        }

        // Otherwise the comparison would be one of the filter chain with itself.
        assertThat(nodes.fastPathCount(FAST_PATH) - before).isGreaterThan(REQUESTS / 6);
    }

    private Object compare(Random random, long seed) throws Exception {
        for (int i = 0; i < REQUESTS / CALLERS; i++) {
            RandomRequest request = RandomRequest.of(random);
            RawResponse chain = exchange(FILTER_CHAIN, request);
            RawResponse fast = exchange(FAST_PATH, request);
            assertThat(fast).as("-Dtest.seed=%d: %s", seed, request).isEqualTo(chain);
        }
        return true;
    }

    /** A response to a request whose body has not been read may be lost with the connection, which is closed after it: tries again. */
    private RawResponse exchange(RequestPath path, RandomRequest request) throws Exception {
        RawResponse response = nodes.exchange(path, request.head(), request.body());
        for (int i = 0; i < MAX_RESETS && response.status().equals("reset"); i++) {
            response = nodes.exchange(path, request.head(), request.body());
        }
        return response;
    }
}
