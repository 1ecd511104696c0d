package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.gateway.AlertRules.Rule;
import io.portcullis.gateway.PromQlQuery.Condition;
import io.portcullis.gateway.PromQlQuery.Selector;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Compares the queries of the dashboards and of the alert rules with the metrics of a running node, and the rules with their runbooks. */
@Tag("database-independent")
class ObservabilityIT {
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

    static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (Rule rule : AlertRules.read()) {
            queries.add(new Query(rule.name(), rule.expression()));
        }
        for (String name : List.of("capacity", "trouble")) {
            JsonNode dashboard = GatewayNode.JSON.readTree(
                    Files.readString(AlertRules.DIRECTORY.resolve("dashboards").resolve(name + ".json")));
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
        assertThat(AlertRules.read())
                .extracting(Rule::name)
                .doesNotHaveDuplicates()
                .isEqualTo(Runbook.alerts());
        for (Rule rule : AlertRules.read()) {
            assertThat(rule.annotations().get("runbook_url"))
                    .isEqualTo("docs/runbooks.md#" + rule.name().toLowerCase(Locale.ROOT));
            assertThat(String.valueOf(rule.annotations().get("summary"))).isNotBlank();
            assertThat(rule.labels().get("severity")).isIn("critical", "warning", "info");
        }
    }

    @Test
    void runbooksWhenReadThenEachSaysWhatToLookAtAndToDo() throws Exception {
        assertThat(Runbook.alerts())
                .allSatisfy(alert ->
                        assertThat(Runbook.of(alert).text()).contains("**Means.** ", "**Look at.** ", "**Do.** "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"check rules alerts.yaml", "test rules alerts-test.yaml"})
    void rulesWhenCheckedByPromtoolThenRight(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Prometheus.program("promtool")));
        command.addAll(List.of(arguments.split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(AlertRules.DIRECTORY.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void queriesWhenRunByPrometheusThenEachIsAnswered() throws Exception {
        URI metrics = MeasuredNode.shared().managementUri("/actuator/prometheus");
        try (Prometheus prometheus = Prometheus.start(directory, AlertRules.FILE, metrics)) {
            for (Query query : queries()) {
                JsonNode result = prometheus.query(query.expression()
                        .replace("$__rate_interval", "1m")
                        .replace("$instance", ".*")
                        .replaceFirst("^label_values\\((.*)\\)$", "$1"));
                assertThat(result.isArray()).as(query.toString()).isTrue();
            }
        }
    }
}
