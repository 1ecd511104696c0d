package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tests that routes change while the node runs: as a whole or not at all, and without a failed request. */
@Tag("database-independent")
class RouteReloadIT {
    private static final int RELOADS = 100;
    private static final int CLIENTS = 4;

    @TempDir
    static Path directory;

    private static final HttpClient CLIENT = GatewayNode.HTTP;
    private static GatewayNode node;
    private static String token;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("application.yaml"), "spring.config.import: routes.yaml\n");
        write(routes(route("base", "/api/echo/**")));
        node = GatewayNode.start(
                "--spring.config.additional-location=file:" + directory + "/",
                "--portcullis.route-reload.interval=20ms");
        token = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void restore() throws Exception {
        remove();
        write(routes(route("base", "/api/echo/**")));
        awaitIds("base");
    }

    /** Every plain request takes the fast path, and no caller sees a later version before an earlier one. */
    @Test
    void hundredReloadsUnderLoadThenNoRequestFails() throws Exception {
        var ended = new AtomicBoolean();
        var calls = new AtomicInteger();
        long fastBefore = node.bean(FastPath.class).count();
        List<CompletableFuture<List<String>>> clients = IntStream.range(0, CLIENTS)
                .mapToObj(i ->
                        CompletableFuture.supplyAsync(() -> callUntil(ended, calls), each -> new Thread(each).start()))
                .toList();

        for (int version = 1; version <= RELOADS; version++) {
            write(routes(route("base", "/api/echo/**", "AddResponseHeader=X-Version, " + version)));
            awaitVersion(version);
        }
        ended.set(true);

        for (var client : clients) {
            assertThat(client.get(30, TimeUnit.SECONDS)).isEmpty();
        }
        assertThat(calls.get()).isGreaterThan(RELOADS);
        assertThat(node.bean(FastPath.class).count() - fastBefore).isGreaterThanOrEqualTo(calls.get());
    }

    /** Calls in turn, and returns what was wrong. */
    private static List<String> callUntil(AtomicBoolean ended, AtomicInteger calls) {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        while (!ended.get()) {
            try {
                HttpResponse<String> response = echo();
                calls.incrementAndGet();
                int version = response.headers()
                        .firstValue("X-Version")
                        .map(Integer::valueOf)
                        .orElse(0);
                if (response.statusCode() != 200 || version < seen) {
                    wrong.add(response.statusCode() + " of version " + version + " after " + seen);
                }
                seen = version;
            } catch (Exception e) {
                wrong.add(e.toString());
            }
        }
        return wrong;
    }

    @Test
    void routeWhenRemovedThenItsStreamStaysAndNewRequestsAreNotFound() throws Exception {
        write(routes(route("base", "/api/echo/**"), route("ticks", "/api/ticks")));
        awaitIds("base", "ticks");
        var stream = CLIENT.send(request("/api/ticks"), HttpResponse.BodyHandlers.ofLines());
        var lines = stream.body().iterator();
        lines.next();

        write(routes(route("base", "/api/echo/**")));
        awaitIds("base");

        assertThat(CLIENT.send(request("/api/ticks"), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(404);
        for (int i = 0; i < 10; i++) {
            assertThat(lines.hasNext()).isTrue();
            lines.next();
        }
        stream.body().close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- id: late\\n            uri                                     | routes.yaml, line 10, is not valid YAML",
                "-\\tid: late                                                         | routes.yaml, line 8, is not valid YAML",
                "- {id: late, uri: 'http://a', predicates: [Path=/a]                | is not valid YAML",
                "- {id: late, uri: 'http://a', predicate: [Path=/a]}                | Did you mean 'predicates'?",
                "- {id: late, uri: 'http://a'}                                      | Route 'late' (",
                "- {id: late, uri: 'http://me:secret@a', predicates: [Path=/a]}     | a user or a password",
                "- {id: late, uri: 'http://a', predicates: [After=tomorrow]}        | cannot be created",
                "- {id: late, uri: 'redis://me:secret@a', predicates: [Path=/a]}    | a user or a password",
                "- {id: late, uri: 'http://a?key=secret', predicates: [Path=/a]}    | a query or a fragment",
                "- {id: late, uri: 'http://a', predicates: ['Header=X, (secret']}   | the arguments of its predicate Header",
                "- {id: late, uri: 'http://a', predicates: [secret]}                | cannot be read",
                "- {id: late, uri: 'http://a', predicates: [Path=/a], filters: ['AddRequestHeader:A, secret']} | the unknown filter 'AddRequestHeader'",
                "- {id: late, uri: 'http://a', predicates: [Path=/a], order: secret} | cannot be read",
                "- {id: late, uri: *secret, predicates: [Path=/a]}                  | found undefined alias",
                "- {id: base, uri: 'http://a', predicates: [Path=/a]}               | the same id",
                "- {id: late, uri: '${NO_SUCH_NAME}', predicates: [Path=/a]}        | cannot be read",
            })
    void fileWhenWrongThenRefusedWithItsPlaceAndTheRoutesStay(String tail, String message) throws Exception {
        write(routes(route("base", "/api/echo/**")) + "          "
                + tail.replace("\\n", "\n").replace("\\t", "\t") + "\n");

        assertRefused(message);
    }

    @Test
    void fileWhenEmptyThenRefused() throws Exception {
        write("");

        assertRefused("no routes any more");
    }

    @Test
    void fileWhenGoneThenRefused() throws Exception {
        remove();

        assertRefused("routes.yaml is gone");
    }

    @Test
    void fileWhenADirectoryThenRefused() throws Exception {
        remove();
        Files.createDirectory(file());

        assertRefused("routes.yaml is not a file");
    }

    /** Nobody writes to the pipe, so whoever opened it would wait. */
    @Test
    void fileWhenAPipeThenRefused() throws Exception {
        remove();
        assertThat(new ProcessBuilder("mkfifo", file().toString()).start().waitFor())
                .isZero();

        assertRefused("routes.yaml is not a file");
    }

    /** With its aliases replaced the file has 2^30 values. */
    @Test
    void fileWhenItsAliasesStandForTooMuchThenRefused() throws Exception {
        String bomb = IntStream.rangeClosed(1, 30)
                .mapToObj(i -> "a%d: &a%d {x: *a%d, y: *a%d}\n".formatted(i, i, i - 1, i - 1))
                .collect(Collectors.joining());
        write(routes(route("base", "/api/echo/**")) + "a0: &a0 {x: 1}\n" + bomb);

        assertRefused("routes.yaml has aliases that stand for too much");
    }

    /** Nobody writes to the pipe, so the thread that reads it waits. The node goes on looking at the files. */
    @Test
    void importWhenItCannotBeReadToItsEndThenRefused() throws Exception {
        Path pipe = directory.resolve("pipe.properties");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        write("spring.config.import: pipe.properties\n" + routes(route("base", "/api/echo/**")));
        Await.until("the file is refused", () -> refusal().contains("cannot be read within"));

        try (var end = Files.newOutputStream(pipe)) {
            end.write('\n');
        }
        assertRefused("cannot be read within");
        Files.delete(pipe);
    }

    @Test
    void fileWhenHugeThenRefused() throws Exception {
        write(routes(route("base", "/api/echo/**")) + "# filler\n".repeat(1_200_000));

        assertRefused("bytes are read while the node runs");
    }

    @Test
    void fileWhenItLeadsToItselfThenRefused() throws Exception {
        remove();
        Files.createSymbolicLink(file(), file());

        assertRefused("routes.yaml is not a file");
    }

    /** As Kubernetes changes a mounted ConfigMap: the name of the file stays, and a link above it leads elsewhere. */
    @Test
    void fileWhenALinkThatTurnsThenItsNewTargetIsInForce() throws Exception {
        Path old = Files.createDirectory(directory.resolve("old-" + System.nanoTime()));
        Path next = Files.createDirectory(directory.resolve("next-" + System.nanoTime()));
        Files.writeString(old.resolve("routes.yaml"), routes(route("old", "/api/echo/**")));
        Files.writeString(next.resolve("routes.yaml"), routes(route("next", "/api/echo/**")));
        Path data = directory.resolve("..data");
        Files.deleteIfExists(data);
        Files.createSymbolicLink(data, old);
        remove();
        Files.createSymbolicLink(file(), data.resolve("routes.yaml"));
        awaitIds("old");

        Path turned = Files.createSymbolicLink(directory.resolve("..turned"), next);
        Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE);

        awaitIds("next");
    }

    @Test
    void otherPropertyWhenChangedThenNamedAndNotInForce() throws Exception {
        Path own = directory.resolve("application.yaml");
        String before = Files.readString(own);
        Files.writeString(own, before + "portcullis.token.access-ttl: 5m\n");

        Await.until(
                "the property is named",
                () -> names(inForce().get("needRestart")).equals(List.of("portcullis.token.access-ttl")));
        Files.writeString(own, before);
        Await.until(
                "no property is named",
                () -> names(inForce().get("needRestart")).isEmpty());
    }

    @Test
    void signedRouteWhenAddedThenItsFirstRequestIsSigned() throws Exception {
        write(routes(
                route("base", "/api/echo/**").replace("predicates", "metadata: {signed-identity: true}, predicates")));
        Await.until(
                "the route is signed",
                () -> inForce().get("list").get(0).get("metadata").has("signed-identity"));

        HttpResponse<String> response = echo();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).containsIgnoringCase("X-Identity-Token");
    }

    @Test
    void timersOfRemovedRoutesThenGone() throws Exception {
        write(routes(route("short-lived", "/api/echo/**")));
        awaitIds("short-lived");
        assertThat(echo().statusCode()).isEqualTo(200);
        Await.until("the route has a timer", () -> metrics().contains("routeId=\"short-lived\""));

        write(routes(route("base", "/api/echo/**")));
        awaitIds("base");

        assertThat(metrics()).doesNotContain("routeId=\"short-lived\"");
    }

    /** A route that is removed, or that only a refused file has, gets no share of the requests. */
    @Test
    void weightsWhenTheFilesChangeThenThoseOfTheRoutesInForce() throws Exception {
        write(routes(weighted("one", 5), weighted("two", 5)));
        awaitIds("one", "two");
        assertThat(answersOfWeighted()).containsOnly("one", "two");

        write(routes(weighted("two", 10)));
        awaitIds("two");
        assertThat(answersOfWeighted()).containsOnly("two");

        write(routes(weighted("two", 10), weighted("three", 100_000), route("bad", "/{bad")));
        Await.until("the file is refused", () -> !inForce().get("refused").isNull());
        assertThat(answersOfWeighted()).containsOnly("two");
    }

    private static String weighted(String id, int weight) {
        return route(id, "/api/echo/**", "AddResponseHeader=X-Route, " + id)
                .replace("predicates: [", "predicates: ['Weight=group, " + weight + "', ");
    }

    private static Set<String> answersOfWeighted() throws Exception {
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            HttpResponse<String> response = echo();
            answers.add(response.headers().firstValue("X-Route").orElse("status " + response.statusCode()));
        }
        return answers;
    }

    @Test
    void routesInForceThenShownWithOriginAndWithoutSecrets() throws Exception {
        write(routes(
                route("base", "/api/echo/**"),
                route("keyed", "/keyed/**", "AddRequestHeader=X-Api-Key, top-secret")
                        .replace(
                                "predicates: [",
                                "metadata: {x-own: top-secret}, predicates: [\"Header=X-Key, top-secret\", ")));
        awaitIds("base", "keyed");

        HttpResponse<String> response = node.call("GET", "/system/route/list", token, null);

        assertThat(response.body()).doesNotContain("top-secret");
        JsonNode list = GatewayNode.data(response).get("list");
        assertThat(list.get(0).get("origin").asString()).endsWith("routes.yaml, line 7");
        assertThat(list.get(0).get("fastPath").asBoolean()).isTrue();
        assertThat(list.get(1).get("fastPath").asBoolean()).isFalse();
        assertThat(names(list.get(1).get("predicates"))).containsExactly("Header=******", "Path=/keyed/**");
    }

    private static void assertRefused(String message) throws Exception {
        // While a test changes the file in two steps, the first of them may be refused for another reason.
        Await.until(
                () -> "the file is refused because of " + message + ", not of " + refusal(),
                Duration.ofSeconds(30),
                () -> refusal().contains(message));
        assertThat(refusal()).doesNotContain("secret");
        assertThat(names(inForce().get("list").findValues("id"))).containsExactly("base");
        assertThat(echo().statusCode()).isEqualTo(200);
        HttpResponse<String> health = node.health("/actuator/health/routes");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"DEGRADED\"", message.replace("\"", "\\\""));
        assertThat(metrics()).contains("portcullis_routes_refused 1");
        remove();
        write(routes(route("base", "/api/echo/**")));
        Await.until("the refusal has ended", () -> inForce().get("refused").isNull());
        assertThat(metrics()).contains("portcullis_routes_refused 0");
    }

    private static String refusal() {
        try {
            return inForce().get("refused").asString();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String metrics() throws Exception {
        return node.health("/actuator/prometheus").body();
    }

    private static HttpResponse<String> echo() throws Exception {
        return CLIENT.send(request("/api/echo/a"), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(node.uri(path))
                .header("Authorization", "Bearer " + token)
                .build();
    }

    private static JsonNode inForce() throws Exception {
        return GatewayNode.data(node.call("GET", "/system/route/list", token, null));
    }

    private static List<String> names(Iterable<JsonNode> nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(each -> names.add(each.asString()));
        return names;
    }

    private static void awaitIds(String... ids) {
        Await.until("the routes are " + List.of(ids), () -> {
            JsonNode now = inForce();
            return now.get("refused").isNull()
                    && names(now.get("list").findValues("id")).equals(List.of(ids));
        });
    }

    private static void awaitVersion(int version) {
        Await.until(
                "version " + version + " is in force",
                () -> echo().headers().firstValue("X-Version").equals(Optional.of(Integer.toString(version))));
    }

    private static String routes(String... routes) {
        return "spring:\n  cloud:\n    gateway:\n      server:\n        webflux:\n          routes:\n"
                + String.join("", routes);
    }

    private static String route(String id, String path, String... filters) {
        return "          - {id: %s, uri: '${SAMPLE_SERVICES_URI}', predicates: ['Path=%s'], filters: [%s]}\n"
                .formatted(
                        id,
                        path,
                        Stream.of(filters).map(each -> "'" + each + "'").collect(Collectors.joining(", ")));
    }

    private static void write(String content) throws IOException {
        Path half = directory.resolve("routes.yaml.new");
        Files.writeString(half, content);
        Files.move(half, file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path file() {
        return directory.resolve("routes.yaml");
    }

    private static void remove() throws IOException {
        if (Files.exists(file(), LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(file());
        }
    }
}
