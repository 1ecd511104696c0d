package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.gateway.PromQlQuery.Condition;
import io.portcullis.gateway.PromQlQuery.Selector;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** Compares the queries of the dashboards and of the alert rules with the metrics of a running node, and the rules with their runbooks. */
@Tag("database-independent")
class ObservabilityIT {
    private static final Path FILES = Path.of("..", "docker", "observability");
    private static final Path RULES = FILES.resolve("alerts.yaml");
    private static final Path RUNBOOKS = Path.of("..", "docs", "runbooks.md");
    /** Prometheus makes this metric for each target. */
    private static final String UP = "up";

    private static Scrape scrape = new Scrape(Map.of(), List.of());

    @TempDir
    Path directory;

    /** Makes the series that begin with an event: of proxied requests, of an endpoint, and of the garbage collector. */
    @BeforeAll
    static void drive() throws Exception {
        GatewayNode node = MeasuredNode.shared();
        assertThat(node.proxied(MeasuredNode.access(MeasuredNode.login()))).isEqualTo(200);
        Await.until("a pause of the garbage collector was measured", () -> {
            System.gc();
            scrape = Scrape.of(node);
            return scrape.labels().containsKey("jvm_gc_pause_seconds_sum");
        });
    }

    /** A query, and the place where it stands. */
    record Query(String place, String expression) {}

    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(RULES));
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Map<String, Object> group : Objects.requireNonNull(file.get("groups"))) {
            for (Object rule : (List<?>) Objects.requireNonNull(group.get("rules"))) {
                @SuppressWarnings("unchecked")
                Map<String, Object> typed = (Map<String, Object>) rule;
                rules.add(typed);
            }
        }
        return rules;
    }

    private static String name(Map<String, Object> rule) {
        return String.valueOf(rule.get("alert"));
    }

    static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (Map<String, Object> rule : rules()) {
            queries.add(new Query(name(rule), String.valueOf(rule.get("expr"))));
        }
        for (String name : List.of("capacity", "trouble")) {
            JsonNode dashboard = GatewayNode.JSON.readTree(
                    Files.readString(FILES.resolve("dashboards").resolve(name + ".json")));
            for (JsonNode panel : dashboard.get("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    String place = name + ": " + panel.get("title").asString();
                    queries.add(new Query(place, target.get("expr").asString()));
                }
            }
            String nodes = dashboard.at("/templating/list/1/query").asString();
            queries.add(new Query(name + ": nodes", nodes.replace(", instance)", ")")));
        }
        return queries;
    }

    @ParameterizedTest
    @MethodSource("queries")
    void queryWhenComparedWithARunningNodeThenItsMetricsLabelsAndValuesExist(Query query) {
        PromQlQuery parsed = PromQlQuery.parse(query.expression());

        assertThat(parsed.selectors()).isNotEmpty();
        for (Selector selector : parsed.selectors()) {
            if (!selector.metric().equals(UP)) {
                assertThat(scrape.labels()).containsKey(selector.metric());
                Set<String> labels = Objects.requireNonNull(scrape.labels().get(selector.metric()));
                assertThat(labels).containsAll(parsed.grouping());
                assertThat(labels)
                        .containsAll(selector.conditions().stream()
                                .map(Condition::label)
                                .toList());
                assertValuesExist(selector);
            }
        }
    }

    private static void assertValuesExist(Selector selector) {
        for (Condition condition : selector.conditions()) {
            if (condition.operator().equals("=") && !condition.label().equals("job")) {
                assertThat(scrape.values(selector.metric(), condition.label())).contains(condition.value());
            }
        }
    }

    /** Without this a query that the parser reads as nothing would pass. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rate(portcullis_nothing[5m]) > 0",
                "portcullis_checks_total{no_label=\"a\"}",
                "sum by (no_label) (portcullis_checks_total)",
                "portcullis_checks_total{answered_by=\"nobody\"}"
            })
    void queryWhenItsMetricLabelOrValueDoesNotExistThenTheComparisonFails(String expression) {
        assertThatThrownBy(() -> queryWhenComparedWithARunningNodeThenItsMetricsLabelsAndValuesExist(
                        new Query("wrong", expression)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void rulesWhenReadThenEachHasASeverityASummaryAndARunbook() throws Exception {
        List<String> headings = Files.readAllLines(RUNBOOKS).stream()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .toList();

        assertThat(rules())
                .extracting(ObservabilityIT::name)
                .doesNotHaveDuplicates()
                .isEqualTo(headings);
        for (Map<String, Object> rule : rules()) {
            Map<?, ?> annotations = (Map<?, ?>) Objects.requireNonNull(rule.get("annotations"));
            assertThat(annotations.get("runbook_url"))
                    .isEqualTo("docs/runbooks.md#" + name(rule).toLowerCase(java.util.Locale.ROOT));
            assertThat(String.valueOf(annotations.get("summary"))).isNotBlank();
            assertThat(((Map<?, ?>) Objects.requireNonNull(rule.get("labels"))).get("severity"))
                    .isIn("critical", "warning", "info");
        }
    }

    @Test
    void runbooksWhenReadThenEachSaysWhatToLookAtAndToDo() throws Exception {
        String[] sections = Files.readString(RUNBOOKS).split("\n## ", -1);

        assertThat(Stream.of(sections).skip(1))
                .allSatisfy(section -> assertThat(section).contains("**Means.** ", "**Look at.** ", "**Do.** "));
    }

    private static String program(String name) {
        var found = InstalledProxies.find(name);
        assumeTrue(found.isPresent(), "Debian's package prometheus is not installed");
        return found.orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"check rules alerts.yaml", "test rules alerts-test.yaml"})
    void rulesWhenCheckedByPromtoolThenRight(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program("promtool")));
        command.addAll(List.of(arguments.split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(FILES.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void queriesWhenRunByPrometheusThenEachIsAnswered() throws Exception {
        String prometheus = program("prometheus");
        int port = io.portcullis.testbed.Ports.free();
        URI metrics = MeasuredNode.shared().managementUri("/actuator/prometheus");
        Files.writeString(directory.resolve("prometheus.yaml"), """
                scrape_configs:
                  - job_name: portcullis
                    metrics_path: %s
                    scrape_interval: 1s
                    static_configs: [{targets: ["%s"]}]
                rule_files: ["%s"]
                """.formatted(
                        metrics.getPath(),
                        metrics.getAuthority(),
                        RULES.toAbsolutePath().normalize()));
        try (InstalledProxies processes = new InstalledProxies()) {
            processes.start(
                    directory,
                    List.of(
                            prometheus,
                            "--config.file=prometheus.yaml",
                            "--storage.tsdb.path=data",
                            "--web.listen-address=127.0.0.1:" + port));
            InstalledProxies.awaitStart("Prometheus", directory, port);
            Await.until("the node was scraped", () -> ask(port, "up == 1").size() == 1);

            for (Query query : queries()) {
                JsonNode result = ask(
                        port,
                        query.expression()
                                .replace("$__rate_interval", "1m")
                                .replace("$instance", ".*")
                                .replaceFirst("^label_values\\((.*)\\)$", "$1"));
                assertThat(result.isArray()).as(query.toString()).isTrue();
            }
        }
    }

    private static JsonNode ask(int port, String expression) throws Exception {
        var response = GatewayNode.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                + "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))));
        if (response.statusCode() == 503) {
            return GatewayNode.JSON.createArrayNode();
        }
        assertThat(response.statusCode())
                .as(expression + ": " + response.body())
                .isEqualTo(200);
        return GatewayNode.JSON.readTree(response.body()).at("/data/result");
    }
}
