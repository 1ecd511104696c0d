package io.portcullis.gateway;

import static io.portcullis.gateway.ScriptedNodes.FILTER_CHAIN;
import static io.portcullis.gateway.ScriptedNodes.SEEN;
import static io.portcullis.gateway.ScriptedNodes.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.ScriptedNodes.Path;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests with random exchanges that no caller receives bytes of a response to another caller. */
@Timeout(180)
@Tag("database-independent")
class RandomResponseIT {
    private static final int CALLERS = 16;
    private static final int EXCHANGES = 150;
    /** The number of characters of a body that a failure shows. */
    private static final int MAX_DESCRIBED = 500;

    /**
     * The filter chain may hand a connection over before it has read the bytes behind the last response. The request then gets none: 502, and
     * never the response of another.
     */
    private static final int MAX_SPOILED = CALLERS * EXCHANGES / 200;

    private static final Pattern MARK = Pattern.compile("mark-\\d+-\\d+-");
    private static final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    private final AtomicInteger spoiled = new AtomicInteger();

    @AfterAll
    static void stopCallers() {
        callers.shutdownNow();
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    /** Thousands of exchanges, each with a response that a seed chooses. {@code -Dtest.seed} repeats a run. */
    @ParameterizedTest
    @MethodSource("io.portcullis.gateway.ScriptedNodes#paths")
    void callsWhenServicesSendAnythingThenEachHasItsOwn(Path path) throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        List<Future<Integer>> runs = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int number = caller;
            runs.add(callers.submit(() -> callAtRandom(path, number, new Random(seed + number))));
        }
        int delivered = 0;
        for (Future<Integer> run : runs) {
            try {
                delivered += run.get(100, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("-Dtest.seed=%d: %s".formatted(seed, e.getCause()), e.getCause());
            }
        }
        assertThat(spoiled).as("-Dtest.seed=%d", seed).hasValueLessThanOrEqualTo(MAX_SPOILED);
        assertThat(delivered).as("-Dtest.seed=%d", seed).isGreaterThan(CALLERS * EXCHANGES / 4);
    }

    private int callAtRandom(Path path, int caller, Random random) throws Exception {
        int delivered = 0;
        for (int i = 0; i < EXCHANGES; i++) {
            ScriptedResponse[] all = ScriptedResponse.values();
            ScriptedResponse script = random.nextInt(3) == 0 ? ScriptedResponse.PLAIN : all[random.nextInt(all.length)];
            String method = List.of("GET", "GET", "GET", "POST", "HEAD").get(random.nextInt(5));
            String mark = "mark-%d-%d-".formatted(caller, i);
            delivered += callAtRandom(path, method, script, mark, random.nextLong()) ? 1 : 0;
        }
        return delivered;
    }

    /** Describes an exchange for a failure; the log has the gateway's reason under the mark. */
    private static String describe(Path path, String method, ScriptedResponse script, String mark, Object outcome) {
        return "%s: %s %s, script %s, requests at the service: %d, outcome: %s"
                .formatted(path, method, mark, script, SEEN.getOrDefault(mark, 0), outcome);
    }

    private static String describe(HttpResponse<String> response) {
        String body = response.body();
        return "%d %s %s"
                .formatted(
                        response.statusCode(),
                        response.headers().map(),
                        body.length() > MAX_DESCRIBED ? body.substring(0, MAX_DESCRIBED) + "..." : body);
    }

    /** Returns whether a response came. */
    private boolean callAtRandom(Path path, String method, ScriptedResponse script, String mark, long seed)
            throws Exception {
        HttpResponse<String> response;
        try {
            response = send(HttpRequest.newBuilder(path.node().uri("/scripted/random/" + mark))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .header("X-Mark", mark)
                    .header("X-Script", script.path())
                    .header("X-Seed", Long.toString(seed)));
        } catch (HttpTimeoutException e) {
            throw new AssertionError(describe(path, method, script, mark, e), e);
        } catch (IOException e) {
            assertThat(script.outcome())
                    .as("%s", describe(path, method, script, mark, e))
                    .isEqualTo(ScriptedResponse.Outcome.CUT);
            return false;
        }
        String all = response.headers().map() + response.body();
        String exchange = describe(path, method, script, mark, describe(response));
        assertThat(MARK.matcher(all).results().map(MatchResult::group))
                .as("%s", exchange)
                .allMatch(mark::equals);
        boolean mayFail =
                !List.of(ScriptedResponse.Outcome.OWN, ScriptedResponse.Outcome.EMPTY, ScriptedResponse.Outcome.LARGE)
                                .contains(script.outcome())
                        || method.equals("POST");
        if (path.equals(FILTER_CHAIN) && !mayFail && response.statusCode() == 502) {
            spoiled.incrementAndGet();
            return false;
        }
        assertThat(response.statusCode())
                .as("%s", exchange)
                .isIn(mayFail ? List.of(200, 204, 304, 502) : List.of(200, 204, 304));
        return response.statusCode() != 502;
    }
}
