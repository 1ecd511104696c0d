package io.portcullis.bench.soak;

import io.portcullis.bench.process.Pause;
import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.world.LiveSessions;
import io.portcullis.bench.world.SessionClient;
import io.portcullis.bench.world.Stores;
import io.portcullis.bench.world.Upstream;
import io.portcullis.bench.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sends a mix of calls to a gateway in front of many live sessions, and tells for each part of the time what the calls took, what the
 * processes used and how many rows and bytes the stores held.
 *
 * @param gateway starts the gateway
 */
public record SoakRun(
        World world, Supplier<RunningSubject> gateway, int sessions, Duration time, int rate, Consumer<String> log) {
    private static final int SAMPLES = 10;
    private static final int WARM_UP_STEPS = 3;
    private static final double MICROS = 1e6;
    private static final double MEGABYTE = 1 << 20;

    private static final List<String> HEADER = List.of(
            "minute",
            "calls/s",
            "failed",
            "use p50, p99 ms",
            "refresh",
            "logout",
            "kick",
            "page",
            "gateway CPU, MB",
            "MySQL",
            "Redis",
            "live",
            "ended",
            "access",
            "refresh rows",
            "ledger",
            "uses",
            "MB on disk");

    /** Issues the sessions, runs the load and returns a row for the beginning and for each part of the time. */
    public Table run() {
        Stores stores = world.stores();
        stores.giveMemoryOfProduction();
        List<LiveSessions.Session> issued = new LiveSessions(stores, log).issue(sessions);
        List<List<String>> rows = new ArrayList<>();
        int failed = 0;
        try (RunningSubject running = gateway.get()) {
            SessionClient client = new SessionClient(running.origin());
            try (SoakLoad load =
                    new SoakLoad(client, Upstream.SMALL, logIn(client).orElseThrow(), issued)) {
                warmUp(load);
                Usage before = usage(running);
                rows.add(row("0", new Calls(), before, before));
                for (int part = 1; part <= SAMPLES; part++) {
                    Pause.of(time.dividedBy(SAMPLES));
                    Calls done = load.take();
                    // An overloaded gateway refuses it. The token before lasts for another part of a usual run.
                    logIn(client).ifPresent(load::setAdministrator);
                    Usage now = usage(running);
                    rows.add(row(Numbers.format(time.toSeconds() * part / (60.0 * SAMPLES), 1), done, before, now));
                    before = now;
                    failed += done.failed();
                    log.accept("soak, part %d of %d: %d calls. %s"
                            .formatted(part, SAMPLES, done.count(), done.describeFailures()));
                }
            }
        }
        long late = stores.number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL"
                + " AND expires_at < TIMESTAMPADD(MINUTE, -2, UTC_TIMESTAMP())");
        return new Table(
                "soak: %,d sessions, %d calls per second; %d calls failed, %d sessions were not ended two minutes after their expiry"
                        .formatted(sessions, rate, failed, late),
                HEADER,
                rows);
    }

    /** Doubles the rate step by step. A gateway that has just started needs many times the CPU time for a call. */
    private void warmUp(SoakLoad load) {
        for (int divisor = 1 << WARM_UP_STEPS; divisor >= 1; divisor /= 2) {
            load.setRate(Math.max(1, rate / divisor));
            Pause.of(time.dividedBy(2 * SAMPLES));
        }
        Calls done = load.take();
        log.accept("soak, warm-up: %d calls. %s".formatted(done.count(), done.describeFailures()));
    }

    /** Returns an access token of the administrator, empty if the login failed. */
    private static Optional<String> logIn(SessionClient client) {
        return Optional.ofNullable(client.login(LiveSessions.ADMINISTRATOR, LiveSessions.PASSWORD)
                .join()
                .text("accessToken"));
    }

    private List<String> row(String minute, Calls calls, Usage before, Usage now) {
        double seconds = (now.nanos - before.nanos) / 1e9;
        Stores stores = world.stores();
        return List.of(
                minute,
                Numbers.format(calls.count() / seconds, 0),
                Integer.toString(calls.failed()),
                millis(calls, Call.USE),
                millis(calls, Call.REFRESH),
                millis(calls, Call.LOGOUT),
                millis(calls, Call.KICK),
                millis(calls, Call.PAGE),
                used(before.gateway, now.gateway, seconds),
                used(before.mysql, now.mysql, seconds),
                used(before.redis, now.redis, seconds),
                count(stores, "auth_session WHERE ended_at IS NULL"),
                count(stores, "auth_session WHERE ended_at IS NOT NULL"),
                count(stores, "access_token"),
                count(stores, "refresh_token"),
                count(stores, "revoked_token"),
                count(stores, "token_use"),
                Numbers.format(stores.bytesOnDisk() / MEGABYTE, 0));
    }

    private static String count(Stores stores, String rows) {
        return "%,d".formatted(stores.number("SELECT COUNT(*) FROM " + rows));
    }

    private static String millis(Calls calls, Call call) {
        return Numbers.format(calls.percentile(call, 50), 1) + ", " + Numbers.format(calls.percentile(call, 99), 0);
    }

    /** Returns the cores that a process used, and its resident memory. */
    private static String used(ProcessFigures before, ProcessFigures now, double seconds) {
        return Numbers.format((now.cpuMicros() - before.cpuMicros()) / MICROS / seconds, 2) + ", "
                + Numbers.format(now.rssBytes() / MEGABYTE, 0);
    }

    private Usage usage(RunningSubject running) {
        return new Usage(
                System.nanoTime(),
                running.figures(),
                ProcessFigures.of(world.stores().databasePid()),
                ProcessFigures.of(world.stores().redis().pid()));
    }

    private record Usage(long nanos, ProcessFigures gateway, ProcessFigures mysql, ProcessFigures redis) {}
}
