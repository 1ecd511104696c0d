package io.portcullis.bench.scenario;

import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.world.AdministrationRows;
import io.portcullis.bench.world.Stores;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.R2dbcLoginLogRepository;
import io.portcullis.core.r2dbc.R2dbcSessionRepository;
import io.portcullis.core.r2dbc.R2dbcTokenUseRepository;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlTimeouts;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Measures the pages of the administration with each filter and each pair of filters, on large tables: the first page and the two
 * after it. The time is that of all statements of a page, seen from the gateway's side of the connection; the CPU time is that of the
 * database server meanwhile, 0 for one on another machine.
 */
record AdminRun(Stores stores, long databasePid, Settings settings, Consumer<String> log) {
    /** The first connection of a cold JVM takes longer than a gateway waits for one. */
    private static final PoolSettings PATIENT = new PoolSettings(
            2,
            0,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            new MySqlTimeouts(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(1)));

    private static final int FOLLOWING = 2;
    private static final int PAGE_SIZE = 20;
    private static final int SLOWEST_PAIRS = 10;
    private static final List<String> HEADER =
            List.of("list and filter", "counted", "rows", "ms", "max ms", "max ms, next", "CPU ms", "max CPU ms");

    AdminRun(Stores stores, Settings settings, Consumer<String> log) {
        this(stores, stores.databasePid(), settings, log);
    }

    Table run() {
        new AdministrationRows(stores, log).insert(settings.sessions(), settings.logRows(), settings.tokenUses());
        var database = stores.database();
        var pool = MySqlConnectionPools.create(database.r2dbcUrl(), database.username(), database.password(), PATIENT);
        try {
            DatabaseClient client = DatabaseClient.create(pool);
            List<Measured> measured = measure(AdminCases.all(
                    new R2dbcSessionRepository(client),
                    new R2dbcLoginLogRepository(client),
                    new R2dbcTokenUseRepository(client),
                    Clock.systemUTC()));
            return table(measured);
        } finally {
            pool.dispose();
        }
    }

    private List<Measured> measure(List<AdminCases.Case> cases) {
        // Reads the indexes into memory.
        cases.forEach(AdminRun::once);
        List<Measured> measured = new ArrayList<>();
        for (AdminCases.Case each : cases) {
            measured.add(measure(each));
        }
        return measured;
    }

    private Measured measure(AdminCases.Case given) {
        List<Round> rounds = new ArrayList<>();
        Page<?> first = null;
        for (int i = 0; i < settings.rounds(); i++) {
            Round round = new Round(new double[1 + FOLLOWING], new double[1 + FOLLOWING]);
            Page<?> page = timed(given, new PageRequest(1, PAGE_SIZE), round, 0);
            first = page;
            for (int next = 1; next <= FOLLOWING && page.next() != null; next++) {
                page = timed(given, new PageRequest(1, PAGE_SIZE, page.next()), round, next);
            }
            rounds.add(round);
        }
        return new Measured(given, Objects.requireNonNull(first), rounds);
    }

    private Page<?> timed(AdminCases.Case given, PageRequest request, Round round, int index) {
        long cpuBefore = ProcessFigures.cpuNanos(databasePid);
        long from = System.nanoTime();
        Page<?> page = given.page(request);
        round.millis()[index] = (System.nanoTime() - from) / 1e6;
        round.cpu()[index] = (ProcessFigures.cpuNanos(databasePid) - cpuBefore) / 1e6;
        return page;
    }

    private static void once(AdminCases.Case given) {
        var unused = given.page(new PageRequest(1, PAGE_SIZE));
    }

    private Table table(List<Measured> measured) {
        List<Measured> pairs = measured.stream().filter(m -> m.given().pair()).toList();
        List<List<String>> rows = new ArrayList<>();
        measured.stream().filter(m -> !m.given().pair()).map(Measured::row).forEach(rows::add);
        pairs.stream()
                .sorted(Comparator.comparingDouble(Measured::maxCpu).reversed())
                .limit(SLOWEST_PAIRS)
                .map(Measured::row)
                .forEach(rows::add);
        rows.add(summary(
                "all %d single filters".formatted(measured.size() - pairs.size()),
                measured.stream().filter(m -> !m.given().pair())));
        rows.add(summary(
                "all %d pairs of filters, of which the slowest are above".formatted(pairs.size()), pairs.stream()));
        return new Table(
                "admin: pages of %d among %,d sessions, %,d log rows and %,d token uses, %d rounds"
                        .formatted(
                                PAGE_SIZE,
                                settings.sessions(),
                                settings.logRows(),
                                settings.tokenUses(),
                                settings.rounds()),
                HEADER,
                rows);
    }

    private static List<String> summary(String name, Stream<Measured> measured) {
        List<Measured> all = measured.toList();
        double[] first = all.stream().flatMapToDouble(Measured::first).sorted().toArray();
        double[] next = all.stream().flatMapToDouble(Measured::next).sorted().toArray();
        double[] cpu = all.stream().flatMapToDouble(Measured::firstCpu).sorted().toArray();
        double[] allCpu = all.stream().flatMapToDouble(Measured::cpu).sorted().toArray();
        return List.of(name, "", "", middle(first), last(first), last(next), middle(cpu), last(allCpu));
    }

    private static String middle(double[] sorted) {
        return sorted.length == 0 ? "" : Numbers.format(sorted[sorted.length / 2], 1);
    }

    private static String last(double[] sorted) {
        return sorted.length == 0 ? "" : Numbers.format(sorted[sorted.length - 1], 1);
    }

    /** The elapsed time and the CPU time of the first page and of those after it, in milliseconds; 0 if there was none. */
    @SuppressWarnings("ArrayRecordComponent") // The arrays are filled while the round runs.
    private record Round(double[] millis, double[] cpu) {}

    private record Measured(AdminCases.Case given, Page<?> page, List<Round> rounds) {
        DoubleStream first() {
            return rounds.stream().mapToDouble(round -> round.millis()[0]);
        }

        DoubleStream next() {
            return rounds.stream().flatMapToDouble(round -> Arrays.stream(round.millis(), 1, 1 + FOLLOWING));
        }

        DoubleStream firstCpu() {
            return rounds.stream().mapToDouble(round -> round.cpu()[0]);
        }

        DoubleStream cpu() {
            return rounds.stream().flatMapToDouble(round -> Arrays.stream(round.cpu()));
        }

        double maxCpu() {
            return cpu().max().orElse(0);
        }

        List<String> row() {
            return List.of(
                    given.name(),
                    page.total() + (page.counted().more() ? "+" : ""),
                    page.list().size() + (page.next() == null ? "" : " ..."),
                    middle(first().sorted().toArray()),
                    last(first().sorted().toArray()),
                    last(next().sorted().toArray()),
                    middle(firstCpu().sorted().toArray()),
                    last(cpu().sorted().toArray()));
        }
    }
}
