package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.SqlClient;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Two nodes on stores of their own, into which a test injects faults, and a Prometheus with the shipped rules. The first node refuses logouts
 * while Redis is out. The second one, a process of its own, queues them, and logs much.
 */
final class FaultyInstallation implements AutoCloseable {
    static final String USER = "alice";
    static final String PASSWORD = "some-demo-pass";

    private static final String ROUTES = """
            spring.cloud.gateway.server.webflux.routes:
              - {id: echo, uri: '${SAMPLE_SERVICES_URI}', predicates: ['Path=/api/echo/**']}
              - {id: dead, uri: 'http://127.0.0.1:1', predicates: ['Path=/api/dead/**']}
            """;
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** A busy machine is slow without a fault, and so are calls that wait for a store which is out. */
    private static final Set<String> OF_A_BUSY_MACHINE = Set.of(
            "PortcullisChecksSlow",
            "PortcullisMySqlPoolExhausted",
            "PortcullisMySqlSlow",
            "PortcullisRedisSlow",
            "PortcullisTombstonesLate");

    private final DatabaseServer database = DatabaseServer.start();
    private final RedisServer redis = RedisServer.start();
    private final WebhookServer receiver;
    private final Path directory;
    private final GatewayNode first;
    private final GatewayProcess second;
    private final Prometheus prometheus;

    private FaultyInstallation(Path directory) throws Exception {
        this.directory = directory;
        receiver = WebhookServer.start();
        Files.writeString(directory.resolve("application.yaml"), "spring.config.import: routes.yaml\n");
        writeRoutes("");
        first = GatewayNode.start(arguments("reject"));
        second = GatewayProcess.start(arguments("queue"));
        first.createAccount(USER, PASSWORD, "user");
        first.awaitTrust();
        prometheus = Prometheus.start(
                directory,
                AlertRules.writeImpatient(directory),
                first.managementUri("/actuator/prometheus"),
                second.managementUri("/actuator/prometheus"));
    }

    static FaultyInstallation start(Path directory) throws Exception {
        return new FaultyInstallation(directory);
    }

    private String[] arguments(String whenRedisFails) {
        return new String[] {
            "--spring.config.additional-location=file:" + directory + "/",
            "--spring.r2dbc.url=" + database.r2dbcUrl(),
            // This account cannot write to a read-only server.
            "--spring.r2dbc.username=" + database.applicationUsername(),
            "--spring.r2dbc.password=" + database.password(),
            "--spring.data.redis.host=" + redis.host(),
            "--spring.data.redis.port=" + redis.port(),
            "--portcullis.logout.when-redis-fails=" + whenRedisFails,
            "--portcullis.fast-path.enabled=" + whenRedisFails.equals("reject"),
            // Each request is many long lines of the second node's log.
            "--logging.level.reactor.netty.http.server=" + (whenRedisFails.equals("reject") ? "INFO" : "DEBUG"),
            "--spring.cloud.gateway.server.webflux.httpserver.wiretap=" + whenRedisFails.equals("queue"),
            "--portcullis.janitor.interval=1s",
            "--portcullis.events.webhook.url=" + receiver.url(),
            "--portcullis.events.webhook.secret=a-webhook-secret-of-32-characters",
            "--portcullis.events.webhook.max-refusals=1"
        };
    }

    DatabaseServer database() {
        return database;
    }

    RedisServer redis() {
        return redis;
    }

    WebhookServer receiver() {
        return receiver;
    }

    GatewayNode first() {
        return first;
    }

    GatewayProcess second() {
        return second;
    }

    /** Calls the second node, and waits for its response. */
    HttpResponse<String> callSecond(String method, String path, String token) throws Exception {
        return second.call(method, path, token, null).get(30, TimeUnit.SECONDS);
    }

    /** Appends a text to the route file of both nodes. */
    void writeRoutes(String appended) throws IOException {
        Path next = Files.writeString(directory.resolve("routes.yaml.next"), ROUTES + appended);
        Files.move(next, directory.resolve("routes.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Runs a statement as an administrator of the database. */
    void execute(String sql) throws Exception {
        try (var client = SqlClient.open(database, database.r2dbcUrl())) {
            client.execute(sql);
        }
    }

    JsonNode login() throws Exception {
        return first.login(USER, PASSWORD);
    }

    String administrator() throws Exception {
        return first.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    /** Waits until these alerts fire, and no other ones. */
    void awaitAlerts(String... alerts) {
        awaitAlerts(() -> {}, alerts);
    }

    /**
     * Waits until these alerts fire, and no other ones but perhaps those about slowness.
     *
     * @param traffic what clients do meanwhile
     */
    void awaitAlerts(Traffic traffic, String... alerts) {
        Set<String> expected = new TreeSet<>(Set.of(alerts));
        Set<String> seen = new TreeSet<>();
        Await.until(() -> "alerts " + expected + ", and not " + seen, LIMIT, () -> {
            traffic.send();
            seen.clear();
            seen.addAll(prometheus.firing());
            Set<String> own = new TreeSet<>(seen);
            own.removeAll(OF_A_BUSY_MACHINE);
            return own.equals(expected);
        });
    }

    /** Waits until this alert fires, whatever else does: for one that follows another fault before its alert has ended. */
    void awaitAmongOthers(String alert) {
        Await.until("alert " + alert, LIMIT, () -> prometheus.firing().contains(alert));
    }

    /** Calls of clients while a fault lasts. */
    @FunctionalInterface
    interface Traffic {
        void send() throws Exception;
    }

    /** Follows a command of the alert's runbook, again while its answer lacks one of the texts, as a node notices a fault after others. */
    void follow(String alert, String command, String... found) {
        Runbook.of(alert).requireCommand(command);
        StringBuilder answer = new StringBuilder();
        Await.until(() -> alert + ": " + command + " answers " + answer, LIMIT, () -> {
            answer.replace(0, answer.length(), run(command));
            return Stream.of(found).allMatch(text -> answer.indexOf(text) >= 0);
        });
    }

    /** Follows a command of the alert's runbook at the management port of the second node. */
    void followAtSecond(String alert, String command, String found) throws Exception {
        Runbook.of(alert).requireCommand(command);
        var request = HttpRequest.newBuilder(second.managementUri(command.replaceFirst("GET ", "")));
        assertThat(GatewayNode.send(request).body()).as(alert).containsPattern(found);
    }

    private String run(String command) throws Exception {
        String[] words = command.split(" ", -1);
        if (command.startsWith("GET /actuator/")) {
            return first.health(words[1]).body();
        }
        if (command.matches("(GET|POST|DELETE) /.*")) {
            return first.call(words[0], words[1], administrator(), null).body();
        }
        if (command.matches("(SELECT|SHOW) .*")) {
            try (var client = SqlClient.open(database, database.r2dbcUrl())) {
                return String.join("\n", client.rows(command));
            }
        }
        return redis.execute(words);
    }

    @Override
    public void close() {
        prometheus.close();
        first.close();
        second.close();
        receiver.close();
        redis.close();
        database.close();
    }
}
