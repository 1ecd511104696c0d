package io.portcullis.bench.scenario;

import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.SessionClient;
import io.portcullis.bench.world.SessionClient.Reply;
import io.portcullis.bench.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures logins, refreshes and logouts of Portcullis with a few clients in this JVM. The cost of these clients is negligible,
 * because such a call is far more expensive than a proxied request. The password hash dominates the time of a login. The
 * logouts end sessions created for this purpose.
 */
record LoginRun(World world, Jvm jvm, int seconds, Consumer<String> log) {
    private static final int CLIENTS = 4;
    private static final int LOGOUTS_PER_SECOND = 1_000;
    private static final int WARM_UP_DIVISOR = 2;
    private static final List<String> HEADER =
            List.of("call", "per second", "p50 ms", "p99 ms", "CPU ms/call", "refused");

    Table run() {
        try (RunningSubject gateway = new Launcher(world, jvm, Case.SOME_ROUTES).start(Subject.PORTCULLIS)) {
            List<SessionClient> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new SessionClient(gateway.origin()));
            }
            List<List<String>> rows = List.of(
                    row("login", gateway, clients.stream().map(LoginRun::logins).toList()),
                    row(
                            "refresh",
                            gateway,
                            clients.stream().map(LoginRun::refreshes).toList()),
                    row("logout", gateway, logouts(clients)));
            return new Table("login: %d clients".formatted(CLIENTS), HEADER, rows);
        }
    }

    private static Call logins(SessionClient client) {
        return () -> refreshToken(logIn(client)).isPresent();
    }

    /** Returns a call that refreshes one session repeatedly, each time with the latest token. */
    private static Call refreshes(SessionClient client) {
        String[] held = {refreshToken(logIn(client)).orElseThrow()};
        return () -> {
            Optional<String> next = refreshToken(client.refresh(held[0]));
            next.ifPresent(token -> held[0] = token);
            return next.isPresent();
        };
    }

    private static CompletableFuture<Reply> logIn(SessionClient client) {
        return client.login(Launcher.USERNAME, Launcher.PASSWORD);
    }

    private static Optional<String> refreshToken(CompletableFuture<Reply> call) {
        return reply(call).map(reply -> reply.text("refreshToken"));
    }

    /** Waits for the response; empty if there is none. */
    private static Optional<Reply> reply(CompletableFuture<Reply> call) {
        try {
            return Optional.of(call.join());
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }

    private List<Call> logouts(List<SessionClient> clients) {
        Queue<String> tokens = new ConcurrentLinkedQueue<>(world.tokens().spare(LOGOUTS_PER_SECOND * seconds));
        return clients.stream()
                .<Call>map(client -> () -> {
                    String token = tokens.poll();
                    return token == null
                            ? null
                            : reply(client.logout(token))
                                    .filter(Reply::succeeded)
                                    .isPresent();
                })
                .toList();
    }

    private List<String> row(String name, RunningSubject gateway, List<Call> calls) {
        var unused = repeat(calls, Math.max(1, seconds / WARM_UP_DIVISOR));
        ProcessFigures before = gateway.figures();
        long from = System.nanoTime();
        List<Timed> done = repeat(calls, seconds);
        double elapsed = (System.nanoTime() - from) / 1e9;
        double cpuMillis = (gateway.figures().cpuMicros() - before.cpuMicros()) / 1e3;
        log.accept("login: %d calls of %s".formatted(done.size(), name));
        return List.of(
                name,
                Numbers.format(done.size() / elapsed, 0),
                Numbers.format(percentile(done, 50), 1),
                Numbers.format(percentile(done, 99), 1),
                Numbers.format(cpuMillis / done.size(), 2),
                Long.toString(done.stream().filter(call -> !call.accepted).count()));
    }

    private static List<Timed> repeat(List<Call> calls, int seconds) {
        Queue<Timed> all = new ConcurrentLinkedQueue<>();
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        List<Thread> threads = calls.stream()
                .map(call -> new Thread(() -> repeat(call, deadline, all), "client"))
                .toList();
        threads.forEach(Thread::start);
        threads.forEach(LoginRun::await);
        return List.copyOf(all);
    }

    private static void repeat(Call call, long deadline, Queue<Timed> all) {
        while (System.nanoTime() - deadline < 0) {
            long from = System.nanoTime();
            Boolean accepted = call.execute();
            if (accepted == null) {
                return;
            }
            all.add(new Timed((System.nanoTime() - from) / 1e6, accepted));
        }
    }

    private static void await(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double percentile(List<Timed> calls, int percent) {
        return Numbers.percentile(calls.stream().mapToDouble(Timed::millis), percent);
    }

    /** Makes one call. Returns whether it was accepted, null if there is nothing left to call. */
    @FunctionalInterface
    private interface Call {
        @Nullable
        Boolean execute();
    }

    private record Timed(double millis, boolean accepted) {}
}
