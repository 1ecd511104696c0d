package io.portcullis.bench.scenario;

import io.portcullis.bench.report.Measure;
import io.portcullis.bench.report.Numbers;
import io.portcullis.bench.report.Table;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Applies the steady load to Portcullis under several sets of JVM flags. All instances run at the same time, and one at a time
 * receives the load, in rounds.
 */
record FlagsRun(World world, Jvm jvm, LoadRun load) {
    private static final List<String> HEADER =
            List.of("flags", "req/s", "p50 ms", "p99 ms", "CPU us/req", "CPU x", "heap KB/req", "RSS MB", "left out");

    Table run() {
        Case steady = new LoadCases(load.settings(), world.tokens()).steady();
        List<Member> members = new ArrayList<>();
        try {
            load.settings().flagSets().forEach(flags -> members.add(start(flags)));
            members.forEach(member -> load.warmUp(steady, member.running));
            List<Member> order = new ArrayList<>(members);
            for (int round = 1; round <= load.settings().rounds(); round++) {
                for (Member member : order) {
                    load.log().accept(member.flags);
                    member.measures.add(load.measure(steady, member.running, round));
                }
                Collections.reverse(order);
            }
        } finally {
            members.forEach(member -> member.running.close());
        }
        return new Table(
                "flags on JDK %d: %s".formatted(jvm.java().version(), steady.title()),
                HEADER,
                members.stream().map(member -> row(member, members.get(0))).toList());
    }

    private Member start(String flags) {
        List<String> words = Arrays.stream(flags.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
        Jvm how = jvm.withPortcullisFlags(words);
        RunningSubject running = new Launcher(world, how, Case.SOME_ROUTES).start(Subject.PORTCULLIS);
        return new Member(flags.isEmpty() ? "none" : flags, running, new ArrayList<>());
    }

    private static List<String> row(Member member, Member first) {
        List<Measure> usable = member.measures.stream().filter(Measure::usable).toList();
        return List.of(
                member.flags,
                median(usable, Measure::rate, 0),
                median(usable, measure -> measure.p50Micros() / 1e3, 2),
                median(usable, measure -> measure.p99Micros() / 1e3, 1),
                median(usable, Measure::cpuMicros, 1),
                Numbers.format(Numbers.median(ratios(member, first).stream().mapToDouble(Double::doubleValue)), 2),
                median(usable, measure -> measure.heapBytes() / 1024, 1),
                median(usable, measure -> measure.rssBytes() / (1 << 20), 0),
                Integer.toString(member.measures.size() - usable.size()));
    }

    /** Returns the ratio of each round, which is not affected by disturbances of the whole machine. */
    private static List<Double> ratios(Member member, Member first) {
        return IntStream.range(0, member.measures.size())
                .filter(i ->
                        member.measures.get(i).usable() && first.measures.get(i).usable())
                .mapToObj(i -> member.measures.get(i).cpuMicros()
                        / first.measures.get(i).cpuMicros())
                .toList();
    }

    private static String median(List<Measure> measures, ToDoubleFunction<Measure> figure, int digits) {
        return Numbers.format(Numbers.median(measures.stream().mapToDouble(figure)), digits);
    }

    private record Member(String flags, RunningSubject running, List<Measure> measures) {}
}
