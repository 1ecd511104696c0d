package io.portcullis.gateway.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.route.RouteRules;
import io.portcullis.gateway.upstream.ServiceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

class FastRoutesTests {
    private static FastRoutes.Entry entry(@Nullable String id, boolean understood, String... paths) {
        List<PathPattern> patterns =
                Stream.of(paths).map(PathPatternParser.defaultInstance::parse).toList();
        return new FastRoutes.Entry(patterns, Set.of(), understood, id == null ? null : route(id));
    }

    private static FastRoute route(String id) {
        return new FastRoute(
                id,
                "http://localhost",
                new ServiceAddress(false, "localhost", 80),
                "localhost",
                "localhost:80",
                RouteRules.of("route", Map.of()),
                RouteFilterEffects.NONE,
                1_000,
                null,
                new RouteTimers(new SimpleMeterRegistry(), "requests", Tags.empty()));
    }

    private static @Nullable String find(FastRoutes routes, String path) {
        FastRoute found = routes.find(new RequestTarget(path, ""), HttpMethod.GET);
        return found == null ? null : found.id();
    }

    @Test
    void findWhenSeveralMatchThenTheFirst() {
        var routes = new FastRoutes(
                List.of(entry("literal", true, "/a/b"), entry("variable", true, "/a/{x}"), entry("all", true, "/**")));

        assertThat(find(routes, "/a/b")).isEqualTo("literal");
        assertThat(find(routes, "/a/c")).isEqualTo("variable");
        assertThat(find(routes, "/a/c/d")).isEqualTo("all");
        assertThat(find(routes, "/")).isEqualTo("all");
    }

    @Test
    void findWhenOneBeforeMayMatchThenNull() {
        var routes = new FastRoutes(List.of(entry("odd", false, "/a/**"), entry("all", true, "/**")));

        assertThat(find(routes, "/a/b")).isNull();
        assertThat(find(routes, "/b")).isEqualTo("all");
    }

    @Test
    void findWhenOneBeforeDoesWhatIsNotUnderstoodThenNull() {
        var routes = new FastRoutes(List.of(entry(null, true, "/a/**"), entry("all", true, "/**")));

        assertThat(find(routes, "/a/b")).isNull();
        assertThat(find(routes, "/b")).isEqualTo("all");
    }

    @Test
    void findWhenARouteHasNoPathThenItIsLookedAtForEach() {
        var routes = new FastRoutes(List.of(
                entry("a", true, "/a"),
                new FastRoutes.Entry(List.of(), Set.of(HttpMethod.POST), true, route("post")),
                entry("all", true, "/**")));

        assertThat(find(routes, "/a")).isEqualTo("a");
        assertThat(find(routes, "/b")).isEqualTo("all");
        FastRoute post = routes.find(new RequestTarget("/b", ""), HttpMethod.POST);
        assertThat(post).isNotNull().extracting(FastRoute::id).isEqualTo("post");
    }

    /** Checks that the index omits no route that evaluating all routes would find. */
    @Test
    void findGivenRandomRoutesThenAsWithoutAnIndex() {
        Random random = new Random(7);
        String[] segments = {"a", "b", "ab", "a.b", "{x}", "*", "a*", "{x:[ab]+}", "**", "{*rest}"};
        for (int round = 0; round < 300; round++) {
            List<String> patterns = IntStream.range(0, 12)
                    .mapToObj(i -> pattern(random, segments))
                    .toList();
            List<FastRoutes.Entry> entries = new ArrayList<>();
            for (int i = 0; i < patterns.size(); i++) {
                entries.add(entry("r" + i, true, patterns.get(i)));
            }
            FastRoutes routes = new FastRoutes(entries);
            for (String path : List.of("/", "/a", "/a/b", "/ab/a.b/b", "/b/a/ab/a", "/c", "/a/", "/a.b/b/")) {
                assertThat(find(routes, path)).as("%s in %s", path, patterns).isEqualTo(scan(patterns, path));
            }
        }
    }

    private static String pattern(Random random, String[] segments) {
        StringBuilder pattern = new StringBuilder();
        for (int depth = random.nextInt(4); depth >= 0; depth--) {
            String segment = segments[random.nextInt(segments.length)];
            pattern.append('/')
                    .append(segment.equals("{x}") ? "{x" + depth + "}" : segment.replace("{x:", "{y" + depth + ":"));
            if (segment.equals("**") || segment.equals("{*rest}")) {
                return pattern.toString();
            }
        }
        return pattern.toString();
    }

    private static @Nullable String scan(List<String> patterns, String path) {
        for (int i = 0; i < patterns.size(); i++) {
            if (PathPatternParser.defaultInstance.parse(patterns.get(i)).matches(PathContainer.parsePath(path))) {
                return "r" + i;
            }
        }
        return null;
    }
}
