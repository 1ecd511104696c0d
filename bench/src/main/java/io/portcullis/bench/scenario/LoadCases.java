package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.LiveTokens;
import io.portcullis.bench.world.Upstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Creates the cases of those scenarios that consist of loads. Each case is created just before it runs, because it needs newly
 * issued tokens.
 */
record LoadCases(Settings settings, LiveTokens tokens) {
    /** The scenarios that start their own subjects. */
    private static final Set<Scenario> ALONE = Set.of(
            Scenario.LATENCY,
            Scenario.COOKIES,
            Scenario.LOGIN,
            Scenario.ADMIN,
            Scenario.REPLAY,
            Scenario.SOAK,
            Scenario.START,
            Scenario.FLAGS,
            Scenario.OPEN_LOOP,
            Scenario.TLS);

    /** The length of one element, including the comma. */
    private static final int LANGUAGE_BYTES = 6;

    private static final int USUAL_TOKENS = 1_000;
    /** The number of tokens for requests with large bodies, which take much of the memory of wrk. */
    private static final int FEW_TOKENS = 50;

    Stream<Supplier<Case>> of(Scenario scenario) {
        return switch (scenario) {
            case STEADY -> Stream.of(this::steady);
            case SIZES ->
                Stream.of(
                        () -> size("60 B", Upstream.SMALL, 1),
                        () -> size("10 KB", Upstream.MEDIUM, 2),
                        () -> size("1 MB", Upstream.LARGE, 100));
            case POST -> Stream.of(() -> post("1 KB", 1 << 10, 1), () -> post("100 KB", 100 << 10, 20));
            case CONNECTIONS -> IntStream.of(1, 64, 1_000).mapToObj(count -> () -> connections(count));
            case ROUTES ->
                IntStream.of(10, 2_000)
                        .mapToObj(count ->
                                () -> Case.of("routes: " + count, usual()).withRoutes(count));
            case TOKENS ->
                IntStream.of(1_000, 10_000, 100_000, 1_000_000)
                        .filter(count -> count <= settings.maxTokens())
                        .mapToObj(count -> () -> tokens(count));
            case FLOOD ->
                Stream.of(
                        () -> flood("random tokens", tokens.random(USUAL_TOKENS)),
                        () -> flood("expired tokens", tokens.expired(USUAL_TOKENS)),
                        () -> flood("no token", null),
                        this::languages,
                        this::segments,
                        this::methods);
            case OPEN_LOOP, TLS, LATENCY, COOKIES, LOGIN, ADMIN, REPLAY, SOAK, START, FLAGS -> Stream.of();
        };
    }

    Case steady() {
        return Case.of("steady: 60 B, %d connections".formatted(settings.connections()), usual());
    }

    private Load usual() {
        return new Load(Upstream.SMALL, settings.connections(), 0, tokens.live(USUAL_TOKENS));
    }

    private Case size(String name, String path, int warmUp) {
        return Case.of("sizes: " + name, new Load(path, settings.connections(), 0, tokens.live(USUAL_TOKENS)))
                .warmedUpLess(warmUp);
    }

    private Case post(String name, int bytes, int warmUp) {
        return Case.of(
                        "post: " + name,
                        new Load(Upstream.SMALL, settings.connections(), bytes, tokens.live(FEW_TOKENS)))
                .warmedUpLess(warmUp);
    }

    private Case connections(int count) {
        return Case.of("connections: " + count, new Load(Upstream.SMALL, count, 0, tokens.live(USUAL_TOKENS)))
                .warmedUpLess(2);
    }

    private Case tokens(int count) {
        return Case.of(
                        "tokens: %,d".formatted(count),
                        new Load(Upstream.SMALL, settings.connections(), 0, tokens.live(count)))
                .warmedUpLess(2);
    }

    private Case flood(String name, @Nullable Path file) {
        return Case.of("flood: " + name, new Load(Upstream.SMALL, settings.connections(), 0, file))
                .expectingRefusal();
    }

    /**
     * Sends an {@code Accept-Language} header with many languages. The gateway parses it to choose the language of the
     * refusal.
     */
    private Case languages() {
        String header = IntStream.range(0, 15_000 / LANGUAGE_BYTES)
                .mapToObj("l%04d"::formatted)
                .collect(Collectors.joining(","));
        return attack("Accept-Language of 15 KB", Upstream.SMALL, Map.of("Accept-Language", header), false);
    }

    private Case segments() {
        return attack("path of 1,900 segments", Upstream.SMALL + "/a".repeat(1_900), Map.of(), false);
    }

    private Case methods() {
        return attack("random methods", Upstream.SMALL, Map.of(), true);
    }

    /** Limited to Portcullis, because other subjects give no comparable response. */
    private Case attack(String name, String path, Map<String, String> headers, boolean randomMethods) {
        Load load = new Load(path, settings.connections(), 0, null, headers, Load.Credential.HEADER, randomMethods);
        return Case.of("flood: " + name, load)
                .expectingRefusal()
                .only(Subject.PORTCULLIS)
                .warmedUpLess(4);
    }

    static List<Scenario> withLoads(List<Scenario> scenarios) {
        return scenarios.stream().filter(scenario -> !ALONE.contains(scenario)).toList();
    }
}
