package io.portcullis.gateway;

import static io.portcullis.gateway.OutageNode.access;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.testbed.DocumentedCommands;
import io.portcullis.testbed.DocumentedCommands.Command;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Carries out the drill "Restore MySQL" of docs/operations.md with its commands, on a MariaDB and a Redis of its own. {@code RestoreIT} of the
 * module auth-core tests the same rules on several nodes.
 */
@Tag("database-independent")
class RestoreDrillIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path home;

    private static List<String> commands() {
        return DocumentedCommands.inBlocks(REPOSITORY).stream()
                .filter(command -> command.document().equals("docs/operations.md"))
                .filter(command -> command.section().startsWith("## Restore MySQL"))
                .map(Command::text)
                .toList();
    }

    private static String command(String beginning) {
        return commands().stream()
                .filter(command -> command.startsWith(beginning))
                .findFirst()
                .orElseThrow(() -> new AssertionError(beginning + " is not in " + commands()));
    }

    /** Runs a command of the page in a shell whose user has the accounts of the stores in his files. */
    private void run(OutageNode stores, String command) throws Exception {
        var database = stores.database();
        Files.writeString(
                home.resolve(".my.cnf"), """
                [client]
                host=127.0.0.1
                port=%d
                user=%s
                password=%s
                """.formatted(database.port(), database.username(), database.password()));
        var shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", command)
                .directory(home.toFile())
                .redirectErrorStream(true);
        shell.environment()
                .putAll(Map.of(
                        "HOME", home.toString(),
                        "REDIS_HOST", stores.redis().host(),
                        "REDIS_PORT", String.valueOf(stores.redis().port())));
        Process process = shell.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command + ": " + output).isZero();
    }

    @Test
    void drillWhenCarriedOutThenThePageSaysWhatHoldsAndWhatIsLost() throws Exception {
        for (String program : List.of("mariadb", "mariadb-dump", "redis-cli")) {
            assumeTrue(InstalledProxies.find(program).isPresent(), program + " is not installed");
        }
        try (OutageNode stores = OutageNode.start()) {
            JsonNode kept = stores.login();
            JsonNode refreshedSince = stores.login();
            JsonNode endedSince = stores.login();
            JsonNode endedBefore = stores.login();
            assertLoggedOut(stores.node(), access(endedBefore));
            run(stores, command("mariadb-dump"));
            JsonNode newer = stores.login();
            JsonNode loggedOutLater = stores.login();
            JsonNode refreshed = GatewayNode.data(stores.node().refresh(refresh(refreshedSince)));
            assertLoggedOut(stores.node(), access(endedSince));

            stores.node().close();
            run(stores, command("mariadb --execute \"DROP"));
            run(stores, command("mariadb < "));
            try (GatewayNode node = stores.startNode()) {
                assertThat(node.proxied(access(loggedOutLater)))
                        .as("Redis was not emptied")
                        .isEqualTo(200);
                assertLoggedOut(node, access(loggedOutLater));
                assertThat(node.proxied(access(loggedOutLater))).isEqualTo(401);

                run(stores, command("redis-cli"));

                assertLost(node, newer);
                assertThat(node.proxied(access(loggedOutLater))).isEqualTo(401);
                assertThat(node.proxied(access(endedBefore))).isEqualTo(401);
                assertThat(node.proxied(access(kept))).isEqualTo(200);
                assertThat(node.refresh(refresh(kept)).statusCode()).isEqualTo(200);
                assertThat(node.proxied(access(endedSince)))
                        .as("a logout since the dump is lost")
                        .isEqualTo(200);
                assertThat(node.refresh(refresh(refreshed)).statusCode()).isEqualTo(401);
                assertThat(node.refresh(refresh(refreshedSince)).statusCode())
                        .as("its session has ended")
                        .isEqualTo(401);

                run(stores, command("mariadb portcullis"));
                run(stores, command("redis-cli"));
                for (JsonNode pair : List.of(kept, refreshedSince, endedSince, endedBefore, newer, refreshed)) {
                    assertLost(node, pair);
                }
                assertThat(node.proxied(access(node.login(OutageNode.USER, OutageNode.PASSWORD))))
                        .isEqualTo(200);
            }
        }
    }

    private static void assertLost(GatewayNode node, JsonNode pair) throws Exception {
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
    }

    private static void assertLoggedOut(GatewayNode node, String token) throws Exception {
        HttpResponse<String> response = node.call("POST", "/system/auth/logout", token, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(GatewayNode.data(response).asBoolean()).isTrue();
    }

    private static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }
}
