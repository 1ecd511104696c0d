package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.gateway.upstream.ConnectionBudget;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class OpenCallsTests {
    private static final Caller SESSION = Caller.of("session", "");
    private static final Caller OTHER = Caller.of("other", "");
    private static final Caller ANONYMOUS = Caller.of(null, "192.0.2.1");

    private static final Duration UNCHECKED = Duration.ofSeconds(30);

    private final List<String> allowed = new ArrayList<>();
    private final RecentEnds ends = new RecentEnds(System::nanoTime);
    private final OpenCalls calls = new OpenCalls(
            new StreamProperties(2, 1, 3, 2, 1, 1, UNCHECKED),
            service -> {
                allowed.add(service);
                return () -> allowed.remove(service);
            },
            ends);

    private Disposable call(Caller caller) {
        return calls.call(caller, "a:80", call -> Mono.never()).subscribe();
    }

    private Disposable stream(Caller caller) {
        return calls.call(caller, "a:80", call -> {
                    call.becomeStream("a:80");
                    return Mono.never();
                })
                .subscribe();
    }

    private void assertRefused(ErrorCode code, Caller caller, boolean asStream) {
        StepVerifier.create(calls.call(caller, "a:80", call -> {
                    if (asStream) {
                        call.becomeStream("a:80");
                    }
                    return Mono.empty();
                }))
                .verifyErrorSatisfies(failure -> {
                    assertThat(failure).isInstanceOfSatisfying(PortcullisException.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(code);
                        assertThat(refusal.retryAfter().isPresent()).isEqualTo(code != ErrorCode.SESSION_KICKED);
                    });
                });
    }

    private void assertAccepted(Caller caller, String service) {
        StepVerifier.create(calls.call(caller, service, call -> Mono.empty())).verifyComplete();
    }

    @Test
    void callWhenTheCallerHasManyInFlightThenRefusedAndNobodyElse() {
        Disposable first = call(SESSION);
        Disposable second = call(SESSION);

        assertRefused(ErrorCode.TOO_MANY_CALLS, SESSION, false);
        assertAccepted(SESSION, "b:80");
        assertAccepted(OTHER, "a:80");
        assertAccepted(ANONYMOUS, "a:80");
        first.dispose();
        assertAccepted(SESSION, "a:80");

        second.dispose();
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void gatewayCallWhenTheAddressHasManyInFlightThenRefusedAndNobodyElse() {
        Disposable first = calls.gatewayCall(ANONYMOUS, Mono::never).subscribe();

        StepVerifier.create(calls.gatewayCall(ANONYMOUS, Mono::empty))
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                PortcullisException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_MANY_CALLS)));
        assertAccepted(ANONYMOUS, "a:80");
        StepVerifier.create(calls.gatewayCall(SESSION, Mono::empty)).verifyComplete();

        first.dispose();
        StepVerifier.create(calls.gatewayCall(ANONYMOUS, Mono::empty)).verifyComplete();
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void streamWhenItBeginsThenIsNoCallAnyMore() {
        List<Disposable> all = List.of(stream(SESSION), stream(SESSION), call(SESSION), call(SESSION));

        assertRefused(ErrorCode.TOO_MANY_CALLS, SESSION, false);
        assertThat(allowed).containsExactly("a:80", "a:80");

        all.forEach(Disposable::dispose);
        assertThat(allowed).isEmpty();
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void streamWhenTheCallerOrTheServiceHasManyThenRefused() {
        List<Disposable> all = new ArrayList<>(List.of(stream(SESSION), stream(SESSION)));
        assertRefused(ErrorCode.TOO_MANY_STREAMS, SESSION, true);
        all.add(stream(ANONYMOUS));
        assertRefused(ErrorCode.TOO_MANY_STREAMS, ANONYMOUS, true);

        assertRefused(ErrorCode.TOO_MANY_STREAMS, OTHER, true);

        assertAccepted(SESSION, "a:80");
        all.forEach(Disposable::dispose);
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void streamWhenItsSessionHasEndedMeanwhileThenRefusedAndNotCounted() {
        ends.add(new EndedSession(String.valueOf(SESSION.sessionId()), EndReason.KICKED, Instant.EPOCH));

        assertRefused(ErrorCode.SESSION_KICKED, SESSION, true);

        assertThat(allowed).isEmpty();
        assertThat(calls.isEmpty()).isTrue();
        assertAccepted(SESSION, "a:80");
    }

    private OpenCalls withConnectionsPerLoop(int connections) {
        return new OpenCalls(
                new StreamProperties(100, 100, 100, 100, 100, 100, UNCHECKED),
                new ConnectionBudget() {
                    @Override
                    public Runnable allowStream(String service) {
                        return () -> {};
                    }

                    @Override
                    public int perLoop() {
                        return connections;
                    }
                },
                ends);
    }

    private static List<Disposable> callsUntilRefused(OpenCalls calls) {
        List<Disposable> passed = new ArrayList<>();
        boolean[] refused = new boolean[1];
        while (!refused[0] && passed.size() < 50) {
            Disposable call = calls.call(ANONYMOUS, "a:80", open -> Mono.never())
                    .subscribe(nothing -> {}, failure -> refused[0] = true);
            if (!refused[0]) {
                passed.add(call);
            }
        }
        return passed;
    }

    @Test
    void callWhenTheCallerHasHalfOfALoopsConnectionsThenRefusedThereAlone() throws Exception {
        OpenCalls calls = withConnectionsPerLoop(8);
        List<Disposable> here = callsUntilRefused(calls);
        List<Disposable> there = CompletableFuture.supplyAsync(
                        () -> callsUntilRefused(calls), Executors.newSingleThreadExecutor())
                .get(10, TimeUnit.SECONDS);

        assertThat(here).hasSize(4);
        assertThat(there).hasSize(4);
        StepVerifier.create(calls.call(OTHER, "a:80", call -> Mono.empty())).verifyComplete();

        here.forEach(Disposable::dispose);
        there.forEach(Disposable::dispose);
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void callWhenItBecomesAStreamThenLeavesTheLoopItsConnection() {
        OpenCalls calls = withConnectionsPerLoop(2);
        Disposable stream = calls.call(ANONYMOUS, "a:80", call -> {
                    call.becomeStream("a:80");
                    return Mono.never();
                })
                .subscribe();

        StepVerifier.create(calls.call(ANONYMOUS, "a:80", call -> Mono.empty())).verifyComplete();
        stream.dispose();
        assertThat(calls.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://orders, orders:80",
        "https://Orders.example/x, orders.example:443",
        "ws://orders:8080, orders:8080",
        "wss://orders, orders:443",
        "lb://order_service, order_service:80",
        "http://[::1]:90, [::1]:90",
    })
    void serviceOfIsHostAndPort(URI uri, String service) {
        assertThat(OpenCalls.serviceOf(uri)).isEqualTo(service);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:1:2::1, 20010db800010002",
        "2001:0db8:0001:0002:ffff::, 20010db800010002",
        "unknown, unknown",
    })
    void callerOfAnAddressIsTheNetworkOfOneClient(String address, String network) {
        assertThat(Caller.of(null, address).address()).isEqualTo(network);
    }
}
