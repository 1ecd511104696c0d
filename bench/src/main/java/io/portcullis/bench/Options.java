package io.portcullis.bench;

import io.portcullis.bench.scenario.Scenario;
import io.portcullis.bench.scenario.Settings;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.Java;
import io.portcullis.testbed.CommandLine;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The options of a run, from the command line.
 *
 * @param markdown the file for the tables, which are also printed
 * @param svg the file for the plot
 * @param micro a regular expression that selects the microbenchmarks to run instead of the scenarios
 */
record Options(
        List<Subject> subjects,
        List<Scenario> scenarios,
        Settings settings,
        Jvm jvm,
        Optional<Path> markdown,
        Optional<Path> svg,
        Optional<String> micro) {
    static final String USAGE = """
            --rounds 5            rounds of each case, in alternating order of the subjects
            --seconds 5           duration of the load on each subject in a round
            --only a,b            subjects (default: all whose programs this machine has)
            --scenarios steady    scenarios from the list below, or all
            --connections 64      connections, unless the scenario defines the number
            --threads 1           threads of wrk
            --warm-up 150000      warm-up requests for each subject
            --max-tokens 1000000  largest number of live tokens, for the scenario tokens
            --starts 3            starts of each subject, for the scenario start
            --sessions 1000000    sessions, for the scenarios admin and soak
            --log-rows 10000000   entries of the login log, for the scenario admin
            --token-uses 5000000  token uses, for the scenario admin
            --ledger-entries 1000000   largest number of entries of the ledger, for the scenario replay
            --soak-seconds 1200   duration of the scenario soak
            --rate 500            calls per second of the scenario soak
            --flag-sets "-XX:+UseG1GC;-XX:+UseSerialGC"   sets of JVM flags, for the scenario flags
            --java directory      JDK that runs the subjects (default: the JDK of this program)
            --flags "-Xmx512m"    flags of every JVM
            --portcullis-flags "" additional JVM flags for Portcullis only
            --portcullis-args ""  arguments of Portcullis, such as "--portcullis.redis.command-timeout=1s"
            --portcullis jar      JAR of the gateway (default: the one of this build)
            --markdown file       file for the tables
            --svg file            file for the plot
            --micro .*            JMH benchmarks to run instead of the scenarios
            """;

    private static final String COLLECTORS = "-XX:+UseG1GC;-XX:+UseSerialGC;-XX:+UseParallelGC;-XX:+UseZGC";

    private static final Set<String> KNOWN = Set.of(
            "rounds",
            "seconds",
            "only",
            "scenarios",
            "connections",
            "threads",
            "warm-up",
            "max-tokens",
            "starts",
            "sessions",
            "log-rows",
            "token-uses",
            "ledger-entries",
            "soak-seconds",
            "rate",
            "flag-sets",
            "micro",
            "java",
            "flags",
            "portcullis-flags",
            "portcullis-args",
            "portcullis",
            "markdown",
            "svg");

    Options {
        subjects = List.copyOf(subjects);
        scenarios = List.copyOf(scenarios);
    }

    /**
     * Parses a command line.
     *
     * @throws IllegalArgumentException if the command line is invalid; the message states the expected value
     */
    static Options parse(String... arguments) {
        CommandLine given = CommandLine.of(KNOWN, USAGE + "scenarios\n" + Scenario.describeAll(), arguments);
        return new Options(
                subjects(given.value("only").orElse("")),
                scenarios(given.value("scenarios").orElse("steady")),
                settings(given),
                jvm(given),
                file(given, "markdown"),
                file(given, "svg"),
                given.value("micro"));
    }

    private static Settings settings(CommandLine given) {
        return new Settings(
                given.number("rounds", 5),
                given.number("seconds", 5),
                given.number("connections", 64),
                given.number("threads", 1),
                given.count("warm-up", 150_000),
                given.number("max-tokens", 1_000_000),
                given.number("starts", 3),
                given.number("sessions", 1_000_000),
                given.number("log-rows", 10_000_000),
                given.number("token-uses", 5_000_000),
                given.number("ledger-entries", 1_000_000),
                given.number("soak-seconds", 1_200),
                given.number("rate", 500),
                flagSets(given.value("flag-sets").orElse(COLLECTORS)));
    }

    private static Jvm jvm(CommandLine given) {
        return new Jvm(
                file(given, "java").map(Java::of).orElseGet(Java::current),
                words(given.value("flags").orElse("-Xmx512m")),
                words(given.value("portcullis-flags").orElse("")),
                words(given.value("portcullis-args").orElse("")),
                file(given, "portcullis").orElse(null));
    }

    private static List<Scenario> scenarios(String text) {
        return text.equals("all") ? List.of(Scenario.values()) : listed(text, Scenario::of);
    }

    private static List<Subject> subjects(String text) {
        return text.isEmpty() ? List.of(Subject.values()) : listed(text, Subject::of);
    }

    private static <T> List<T> listed(String text, Function<String, T> of) {
        return Arrays.stream(text.split(",", -1)).map(of).toList();
    }

    private static List<String> flagSets(String text) {
        return Arrays.stream(text.split(";", -1)).map(String::trim).toList();
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static Optional<Path> file(CommandLine given, String name) {
        return given.value(name).map(text -> Path.of(text).toAbsolutePath());
    }
}
