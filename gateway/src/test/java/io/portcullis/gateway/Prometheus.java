package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** An installed Prometheus that scrapes gateway nodes twice a second. A test is skipped where none is installed. */
final class Prometheus implements AutoCloseable {
    private final InstalledProxies processes = new InstalledProxies();
    private final int port = Ports.free();

    private Prometheus() {}

    /** Returns the file of a program of Debian's package; skips the test if it is not installed. */
    static String program(String name) {
        var found = InstalledProxies.find(name);
        assumeTrue(found.isPresent(), "Debian's package prometheus is not installed");
        return found.orElseThrow();
    }

    /**
     * Starts Prometheus, and waits until it has scraped each node.
     *
     * @param directory where it keeps its files
     * @param metrics the metrics endpoints of the nodes, which have the same path
     */
    static Prometheus start(Path directory, Path rules, URI... metrics) throws IOException {
        String program = program("prometheus");
        Files.writeString(directory.resolve("prometheus.yaml"), """
                global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
                scrape_configs:
                  - job_name: portcullis
                    metrics_path: %s
                    static_configs: [{targets: [%s]}]
                rule_files: ["%s"]
                """.formatted(
                metrics[0].getPath(),
                Stream.of(metrics).map(each -> '"' + each.getAuthority() + '"').collect(Collectors.joining(", ")),
                rules.toAbsolutePath().normalize()));
        var prometheus = new Prometheus();
        prometheus.processes.start(
                directory,
                List.of(
                        program,
                        "--config.file=prometheus.yaml",
                        "--storage.tsdb.path=data",
                        "--web.listen-address=127.0.0.1:" + prometheus.port));
        InstalledProxies.awaitStart("Prometheus", directory, prometheus.port);
        Await.until("the nodes were scraped", () -> prometheus.query("up == 1").size() == metrics.length);
        return prometheus;
    }

    /** Returns the result of an expression; empty while Prometheus starts. */
    JsonNode query(String expression) throws Exception {
        var response = get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (response.statusCode() == 503) {
            return GatewayNode.JSON.createArrayNode();
        }
        assertThat(response.statusCode())
                .as(expression + ": " + response.body())
                .isEqualTo(200);
        return GatewayNode.JSON.readTree(response.body()).at("/data/result");
    }

    /** Returns the names of the alerts that fire now. */
    Set<String> firing() throws Exception {
        Set<String> names = new TreeSet<>();
        for (JsonNode alert : GatewayNode.JSON.readTree(get("alerts").body()).at("/data/alerts")) {
            if (alert.get("state").asString().equals("firing")) {
                names.add(alert.at("/labels/alertname").asString());
            }
        }
        return names;
    }

    private HttpResponse<String> get(String call) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + call)));
    }

    @Override
    public void close() {
        processes.close();
    }
}
