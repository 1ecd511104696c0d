package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.report.Measure;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Compares the cost of a request with its token in the {@code Authorization} header and in the cookie, on the same gateway in
 * alternating order.
 */
record CookieRun(World world, Jvm jvm, LoadRun load) {
    private static final List<String> HEADER =
            List.of("token in", "req/s", "p50 us", "p99 us", "CPU us/req", "heap KB/req", "left out");

    Table run() {
        Case header = new LoadCases(load.settings(), world.tokens()).steady();
        Load cookies = header.load().withCookies();
        Case cookie = Case.of("cookies: 60 B, %d connections".formatted(cookies.connections()), cookies);
        List<Round> rounds = new ArrayList<>();
        Jvm withCookies = jvm.withPortcullisArgument("--portcullis.http.cookies=on");
        try (RunningSubject gateway = new Launcher(world, withCookies, Case.SOME_ROUTES).start(Subject.PORTCULLIS)) {
            load.warmUp(header, gateway);
            load.warmUp(cookie, gateway);
            for (int i = 1; i <= load.settings().rounds(); i++) {
                rounds.add(round(header, cookie, gateway, i));
            }
        }
        List<Round> usable = rounds.stream().filter(Round::usable).toList();
        String leftOut = Integer.toString(rounds.size() - usable.size());
        return new Table(
                "cookies: the cost of a cookie against a header, median of %d rounds".formatted(usable.size()),
                HEADER,
                List.of(
                        row(usable, "header", leftOut, Round::header),
                        row(usable, "cookie", leftOut, Round::cookie),
                        ratios(usable, leftOut)));
    }

    private Round round(Case header, Case cookie, RunningSubject gateway, int number) {
        if (number % 2 == 1) {
            Measure first = load.measure(header, gateway, number);
            return new Round(first, load.measure(cookie, gateway, number));
        }
        Measure first = load.measure(cookie, gateway, number);
        return new Round(load.measure(header, gateway, number), first);
    }

    private static List<String> row(List<Round> rounds, String name, String leftOut, Function<Round, Measure> which) {
        return List.of(
                name,
                median(rounds, round -> which.apply(round).rate(), 0),
                median(rounds, round -> which.apply(round).p50Micros(), 0),
                median(rounds, round -> which.apply(round).p99Micros(), 0),
                median(rounds, round -> which.apply(round).cpuMicros(), 1),
                median(rounds, round -> which.apply(round).heapBytes() / 1024, 1),
                leftOut);
    }

    /** Returns the medians of the ratios of the rounds, which disturbances of the whole machine do not affect. */
    private static List<String> ratios(List<Round> rounds, String leftOut) {
        return List.of(
                "cookie / header",
                median(rounds, round -> round.cookie.rate() / round.header.rate(), 3),
                median(rounds, round -> round.cookie.p50Micros() / round.header.p50Micros(), 3),
                median(rounds, round -> round.cookie.p99Micros() / round.header.p99Micros(), 3),
                median(rounds, round -> round.cookie.cpuMicros() / round.header.cpuMicros(), 3),
                median(rounds, round -> round.cookie.heapBytes() / round.header.heapBytes(), 3),
                leftOut);
    }

    private static String median(List<Round> rounds, ToDoubleFunction<Round> figure, int digits) {
        return Numbers.format(Numbers.median(rounds.stream().mapToDouble(figure)), digits);
    }

    private record Round(Measure header, Measure cookie) {
        boolean usable() {
            return header.usable() && cookie.usable();
        }
    }
}
