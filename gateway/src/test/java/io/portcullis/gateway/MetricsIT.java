package io.portcullis.gateway;

import static io.portcullis.gateway.MeasuredNode.access;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.gateway.MetricTable.Row;
import io.portcullis.testbed.Await;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Holds the metrics of a node and {@code docs/metrics.md} together, and tests the meters that have no test of their own. */
@org.junit.jupiter.api.Tag("database-independent")
class MetricsIT {
    private static final String PREFIX = "portcullis.";

    private final GatewayNode node = MeasuredNode.shared();

    private void logOut(String token) throws Exception {
        assertThat(node.call("POST", "/system/auth/logout", token, null).statusCode())
                .isEqualTo(200);
    }

    private static String kind(Meter meter) {
        return switch (meter.getId().getType()) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER -> "timer";
            default -> meter.getId().getType().name();
        };
    }

    private static String unit(Meter meter) {
        return meter.getId().getBaseUnit() == null ? "" : meter.getId().getBaseUnit();
    }

    /** Returns one description per name: the kind, the unit and the names of the tags. */
    private Map<String, String> metersOfTheNode() {
        return node.bean(MeterRegistry.class).getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith(PREFIX))
                .collect(Collectors.toMap(
                        meter -> meter.getId().getName(),
                        meter -> kind(meter) + " " + unit(meter) + " "
                                + new TreeSet<>(meter.getId().getTags().stream()
                                        .map(Tag::getKey)
                                        .toList()),
                        (one, other) -> one));
    }

    @Test
    void tableWhenComparedWithTheMetersThenEachHasARow() throws Exception {
        Map<String, String> rows = MetricTable.read().stream()
                .collect(Collectors.toMap(Row::name, row -> row.kind() + " " + row.unit() + " " + row.tags()));

        assertThat(metersOfTheNode()).containsExactlyInAnyOrderEntriesOf(rows);
    }

    @Test
    void tableWhenComparedWithTheEndpointThenEachNameIsServed() throws Exception {
        Set<String> rows = MetricTable.read().stream().map(Row::prometheus).collect(Collectors.toSet());

        // The greatest duration of a timer is a metric of its own.
        assertThat(Scrape.of(node).typesOf("portcullis_").keySet())
                .filteredOn(name -> !rows.contains(name.replaceFirst("_max$", "")) || rows.contains(name))
                .containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void metersWhenRegisteredThenEachHasADescription() {
        assertThat(node.bean(MeterRegistry.class).getMeters())
                .filteredOn(meter -> meter.getId().getName().startsWith(PREFIX))
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
    }

    @Test
    void checksWhenTheyPassOrNotThenTheirDurationsByOutcome() throws Exception {
        String token = access(MeasuredNode.login());
        Scrape before = Scrape.of(node);

        assertThat(node.proxied(token)).isEqualTo(200);
        logOut(token);
        assertThat(node.proxied(token)).isEqualTo(401);
        assertThat(node.proxied("pca_forged")).isEqualTo(401);

        Scrape after = Scrape.of(node);
        String count = "portcullis_check_duration_seconds_count";
        // The logout is a call with a token, which the gateway does not check.
        assertThat(after.sum(count, "outcome", "ok") - before.sum(count, "outcome", "ok"))
                .isEqualTo(1);
        assertThat(after.sum(count, "outcome", "refused") - before.sum(count, "outcome", "refused"))
                .isEqualTo(1);
        assertThat(after.sum("portcullis_check_duration_seconds_sum"))
                .isGreaterThan(before.sum("portcullis_check_duration_seconds_sum"));
        assertThat(after.values("portcullis_check_duration_seconds_bucket", "le"))
                .contains("0.001", "0.05", "5.0", "+Inf");
    }

    @Test
    void storesWhenUsedThenTheDurationsOfTheirCalls() throws Exception {
        String token = access(MeasuredNode.login());
        Scrape before = Scrape.of(node);
        String redis = "portcullis_redis_duration_seconds_count";
        String mysql = "portcullis_mysql_duration_seconds_count";

        assertThat(node.proxied(token)).isEqualTo(200);
        Await.until("MySQL has answered a check", () -> {
            node.bean(DegradedMode.class).enter("a test");
            return node.proxied(token) == 200
                    && Scrape.of(node).sum(mysql, "operation", "check") > before.sum(mysql, "operation", "check");
        });
        logOut(token);

        Scrape after = Scrape.of(node);
        for (String[] call :
                new String[][] {{redis, "read"}, {redis, "write"}, {mysql, "check"}, {mysql, "transaction"}}) {
            assertThat(after.sum(call[0], "operation", call[1], "outcome", "ok"))
                    .as(call[0] + " " + call[1])
                    .isGreaterThan(before.sum(call[0], "operation", call[1], "outcome", "ok"));
        }
        String degraded = "portcullis_degraded_time_seconds_total";
        assertThat(after.sum(degraded)).isGreaterThan(before.sum(degraded));
        node.awaitTrust();
    }

    @Test
    void refreshesWhenTheyEndInEachWayThenCountedByOutcome() throws Exception {
        JsonNode first = MeasuredNode.login();
        String spent = first.get("refreshToken").asString();
        Scrape before = Scrape.of(node);

        assertThat(node.refresh(spent).statusCode()).isEqualTo(200);
        assertThat(node.refresh(spent).statusCode()).isEqualTo(401);
        assertThat(node.refresh(spent).statusCode()).isEqualTo(401);
        assertThat(node.refresh("pcr_forged").statusCode()).isEqualTo(401);

        Scrape after = Scrape.of(node);
        String name = "portcullis_refreshes_total";
        assertThat(after.sum(name, "outcome", "rotated") - before.sum(name, "outcome", "rotated"))
                .isEqualTo(1);
        // The second presentation detects the reuse, the third finds a session that has ended for this reason.
        assertThat(after.sum(name, "outcome", "reused") - before.sum(name, "outcome", "reused"))
                .isEqualTo(1);
        assertThat(after.sum(name, "outcome", "refused") - before.sum(name, "outcome", "refused"))
                .isEqualTo(2);
    }

    @Test
    void sessionWhenItEndsThenTheTimeToItsTombstoneAndItsStreamIsCut() throws Exception {
        String token = access(MeasuredNode.login());
        Scrape before = Scrape.of(node);
        String delay = "portcullis_tombstone_delay_seconds_count";
        try (StreamClient stream = StreamClient.open(node, "/s/events?n=" + UUID.randomUUID(), token)) {
            Await.until("the stream is open", () -> Scrape.of(node).sum("portcullis_streams_open") == 1);
            logOut(token);
            stream.awaitEnd();
        }

        assertThat(Scrape.of(node).sum(delay, "written_by", "end") - before.sum(delay, "written_by", "end"))
                .isEqualTo(1);
        assertThat(Scrape.of(node).sum("portcullis_streams_closed_total", "reason", "logout"))
                .isGreaterThan(before.sum("portcullis_streams_closed_total", "reason", "logout"));
        // The replay of another node on the same stores may be the first to confirm a tombstone.
        Await.until("the replay of this node has confirmed one", () -> {
            logOut(access(MeasuredNode.login()));
            return Scrape.of(node).sum(delay, "written_by", "replay") > before.sum(delay, "written_by", "replay");
        });
        Await.until(
                "the events are delivered",
                () -> Scrape.of(node).sum("portcullis_events_delivered_total")
                        >= before.sum("portcullis_events_delivered_total") + 1);
    }
}
