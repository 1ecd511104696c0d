package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.WriteRefusal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Carries the runbooks out: injects the fault, waits until a Prometheus with the shipped rules fires the fault's alerts and no other ones,
 * follows the commands of docs/runbooks.md word by word, repairs the fault, and waits until no alert fires.
 */
@Tag("database-independent")
class RunbookIT {
    private static final String HEALTH = "GET /actuator/health";
    /** The second node logs it several times, in hexadecimal. */
    private static final String LONG_TARGET = "/api/echo/a?filler=" + "x".repeat(3_500);

    @TempDir
    private static Path directory;

    private static FaultyInstallation it;

    @BeforeAll
    static void start() throws Exception {
        Prometheus.program("prometheus");
        it = FaultyInstallation.start(directory);
        it.awaitAlerts();
    }

    @AfterAll
    static void stop() {
        if (it != null) {
            it.close();
        }
    }

    @AfterEach
    void awaitTheEndOfEachAlert() {
        it.awaitAlerts();
    }

    private static void follow(String alert, String command, String... found) {
        it.follow(alert, command, found);
    }

    @Test
    void redisWhenKilledThenTheRunbooksTellItAndTheLedgerWaits() throws Exception {
        JsonNode pair = it.login();
        it.redis().crash();
        try {
            assertThat(it.callSecond("POST", "/system/auth/logout", MeasuredNode.access(pair))
                            .statusCode())
                    .as("a logout that is queued")
                    .isEqualTo(200);
            it.execute(
                    "UPDATE revoked_token SET revoked_at = revoked_at - INTERVAL 60 SECOND WHERE applied_at IS NULL");
            it.awaitAlerts(
                    "PortcullisDegraded",
                    "PortcullisLedgerBehind",
                    "PortcullisLogoutsImpossible",
                    "PortcullisRedisConnectionsMissing");

            follow("PortcullisDegraded", HEALTH, "in MySQL: there is no connection to Redis");
            follow("PortcullisLogoutsImpossible", HEALTH, "\"logouts\":\"not possible: Redis");
            follow("PortcullisRedisConnectionsMissing", "GET /system/diagnostics", "\"reachable\":false");
            follow("PortcullisLedgerBehind", "GET /system/diagnostics", "\"ledger\":{\"unapplied\":1");
        } finally {
            it.redis().restart(false);
        }
    }

    @Test
    void redisWhenItRefusesWritesThenTheRunbooksTellWhy() throws Exception {
        WriteRefusal.OUT_OF_MEMORY.begin(it.redis());
        try {
            it.awaitAlerts("PortcullisDegraded", "PortcullisLogoutsImpossible");

            follow("PortcullisDegraded", HEALTH, "in MySQL: Redis refuses writes");
            follow("PortcullisDegraded", "INFO memory", "maxmemory:1\r");
            follow("PortcullisLogoutsImpossible", HEALTH, "\"logouts\":\"not possible: Redis");
            follow("PortcullisLogoutsImpossible", "INFO memory", "maxmemory:1\r");
        } finally {
            WriteRefusal.OUT_OF_MEMORY.end(it.redis());
        }
    }

    @Test
    void mySqlWhenKilledAndThenRedisThenTheRunbooksTellIt() throws Exception {
        JsonNode pair = it.login();
        String token = MeasuredNode.access(pair);
        String refreshToken = pair.get("refreshToken").asString();
        it.database().crash();
        try {
            it.awaitAlerts(
                    () -> assertThat(it.first().refresh(refreshToken).statusCode())
                            .isEqualTo(503),
                    "PortcullisLoginsImpossible",
                    "PortcullisLogoutsImpossible",
                    "PortcullisRefreshesFail");
            follow("PortcullisLoginsImpossible", HEALTH, "\"logins\":\"not possible: MySQL", "\"mysql\":\"DOWN\"");
            follow("PortcullisLogoutsImpossible", HEALTH, "\"logouts\":\"not possible: MySQL");
            follow("PortcullisRefreshesFail", HEALTH, "\"logins\":\"not possible: MySQL");
            assertThat(it.first().proxied(token)).as("a request with a token").isEqualTo(200);

            killRedisToo(token);
        } finally {
            it.database().restart();
        }
        it.awaitAlerts();
        Await.until("the token passes again", () -> {
            int status = it.first().proxied(token);
            assertThat(status).as("nobody was logged out").isNotEqualTo(401);
            return status == 200;
        });
        assertThat(it.first().refresh(refreshToken).statusCode()).isEqualTo(200);
    }

    private static void killRedisToo(String token) throws Exception {
        it.redis().crash();
        try {
            it.awaitAlerts(
                    () -> assertThat(it.first().proxied(token)).isEqualTo(503),
                    "PortcullisChecksFail",
                    "PortcullisDegraded",
                    "PortcullisLoginsImpossible",
                    "PortcullisLogoutsImpossible",
                    "PortcullisRedisConnectionsMissing");
            follow("PortcullisChecksFail", HEALTH, "\"mysql\":\"DOWN\"", "\"redis\":\"DOWN\"");
        } finally {
            it.redis().restart(false);
        }
    }

    @Test
    void mySqlWhenReadOnlyThenTheRunbooksTellIt() throws Exception {
        it.database().setReadOnly(true);
        try {
            it.awaitAlerts("PortcullisLoginsImpossible", "PortcullisLogoutsImpossible");

            follow("PortcullisLoginsImpossible", HEALTH, "\"logins\":\"not possible: MySQL", "1290");
            follow("PortcullisLoginsImpossible", "SELECT @@read_only", "1");
        } finally {
            it.database().setReadOnly(false);
        }
    }

    /** None of these faults is one of a store, so they are injected together. */
    @Test
    void routesServiceLogAndReceiverWhenEachIsWrongThenEachRunbookTellsItsOwnFault() throws Exception {
        String token = MeasuredNode.access(it.login());
        it.second().stallOutput();
        it.writeRoutes("  - {id: late, uri: 'http://a', predicate: [Path=/a]}\n");
        it.receiver().answer(event -> 500);
        JsonNode unused = it.login();
        it.execute("UPDATE session_event SET created_at = created_at - INTERVAL 10 MINUTE WHERE state = 'PENDING'");
        try {
            it.awaitAlerts(
                    () -> callServices(token),
                    "PortcullisLogDropped",
                    "PortcullisRoutesRefused",
                    "PortcullisServiceErrors",
                    "PortcullisSessionEventsLate");

            follow("PortcullisRoutesRefused", HEALTH, "Did you mean 'predicates'?", "routes.yaml");
            follow("PortcullisRoutesRefused", "GET /system/route/list", "\"refused\":\"", "Did you mean 'predicates'?");
            follow(
                    "PortcullisServiceErrors",
                    "GET /system/route/list",
                    "\"id\":\"dead\",\"uri\":\"http://127.0.0.1:1\"");
            it.followAtSecond("PortcullisLogDropped", "GET /actuator/prometheus", "portcullis_log_dropped_total [1-9]");
            follow("PortcullisSessionEventsLate", "GET /system/event/page?state=pending", "\"lastFailure\":\"", "500");
            follow("PortcullisSessionEventsLate", HEALTH, "\"sessionEvents\"", "oldestSeconds");
            refuseAndRedeliver();
        } finally {
            it.second().resumeOutput();
            it.writeRoutes("");
            it.receiver().answer(event -> 204);
        }
    }

    private static void callServices(String token) throws Exception {
        assertThat(it.first().call("GET", "/api/dead/a", token, null).statusCode())
                .isEqualTo(502);
        for (int i = 0; i < 10; i++) {
            assertThat(it.callSecond("GET", LONG_TARGET, token).statusCode()).isEqualTo(200);
        }
    }

    private static void refuseAndRedeliver() throws Exception {
        it.receiver().answer(event -> 400);
        it.awaitAmongOthers("PortcullisSessionEventsDead");
        follow("PortcullisSessionEventsDead", "GET /system/event/page?state=dead", "400");

        it.receiver().answer(event -> 204);
        Runbook.of("PortcullisSessionEventsDead").requireCommand("POST /system/event/{id}/redeliver");
        String admin = it.administrator();
        for (JsonNode dead : GatewayNode.data(it.first().call("GET", "/system/event/page?state=dead", admin, null))
                .get("list")) {
            String path = "/system/event/" + dead.get("id").asString() + "/redeliver";
            assertThat(it.first().call("POST", path, admin, null).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void nodeWhenItHangsThenTheRunbookTellsIt() throws Exception {
        Signals.stop(it.second().pid());
        try {
            it.awaitAlerts("PortcullisNodeDown");

            followInVain("PortcullisNodeDown", "GET /actuator/health/liveness");
            assertThat(it.first().proxied(MeasuredNode.access(it.login())))
                    .as("the other node")
                    .isEqualTo(200);
        } finally {
            Signals.resume(it.second().pid());
        }
    }

    /** Follows a command that the second node does not answer. */
    private static void followInVain(String alert, String command) {
        Runbook.of(alert).requireCommand(command);
        HttpRequest request = HttpRequest.newBuilder(it.second().managementUri(command.replaceFirst("GET ", "")))
                .timeout(Duration.ofSeconds(1))
                .build();
        assertThatThrownBy(() -> GatewayNode.HTTP.send(request, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
    }

    /** The table of the page has each alert whose commands this class follows, and no other one. */
    @Test
    void tableWhenReadThenItNamesTheAlertsWhoseCommandsAreFollowed() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/portcullis/gateway/RunbookIT.java"));

        assertThat(found("follow\\w*\\(\\s*\"(Portcullis\\w+)\"", source))
                .isEqualTo(found("\\[(Portcullis\\w+)]", Runbook.page().replaceFirst("(?s)^.*\n## Carried out\n", "")));
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(alert -> alert.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
