package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway that writes its log to a pipe from which nothing is read any more, as with a stalled collector of logs. */
@Tag("database-independent")
class StalledOutputIT {
    private static final int MAX_REQUESTS = 20_000;

    @Test
    void gatewayWhenItsOutputStandsStillThenItServesAndEnds() throws Exception {
        // Several lines for each request, on its event loop. On the fast path, reactor-netty has no lines to log.
        try (GatewayProcess gateway = GatewayProcess.start(
                "--logging.level.reactor.netty.http.server=DEBUG", "--portcullis.fast-path.enabled=false")) {
            gateway.stallOutput();
            int sent = 0;
            while (dropped(gateway) == 0) {
                assertThat(sent++).isLessThan(MAX_REQUESTS);
                for (int i = 0; i < 100; i++) {
                    assertThat(proxied(gateway)).isEqualTo(200);
                }
            }

            assertThat(status(gateway, "/actuator/health/liveness")).isEqualTo(200);
            assertThat(proxied(gateway)).isEqualTo(200);

            gateway.terminate();
            assertThat(gateway.awaitEnd(Duration.ofSeconds(30))).isEqualTo(143);
        }
    }

    @Test
    void failureWhenEachRequestHasItThenTheLogTellsTheNumber() throws Exception {
        String[] routes = new Routes()
                .add("/**", "http://127.0.0.1:1", "metadata.auth=none")
                .arguments();
        try (GatewayProcess gateway = GatewayProcess.start(routes)) {
            for (int i = 0; i < 200; i++) {
                assertThat(proxied(gateway)).isEqualTo(502);
            }
            gateway.terminate();
            gateway.awaitEnd(Duration.ofSeconds(30));

            String[] lines = gateway.output().split("\n", -1);
            assertThat(lines).filteredOn(line -> line.contains("BAD_GATEWAY")).hasSizeBetween(1, 100);
            assertThat(lines).anyMatch(line -> line.contains("more lines of this kind were suppressed"));
        }
    }

    private static int proxied(GatewayProcess gateway) throws Exception {
        return gateway.call("GET", "/public/echo/a", null, null)
                .get(20, TimeUnit.SECONDS)
                .statusCode();
    }

    private static int status(GatewayProcess gateway, String path) throws Exception {
        return get(gateway, path).statusCode();
    }

    private static double dropped(GatewayProcess gateway) throws Exception {
        return get(gateway, "/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("portcullis_log_dropped_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> get(GatewayProcess gateway, String path) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(gateway.managementUri(path)));
    }
}
