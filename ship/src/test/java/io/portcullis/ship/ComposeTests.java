package io.portcullis.ship;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Tests the compose files against the schema of the Compose Specification, and against what the gateway knows. */
class ComposeTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DOCKER = Path.of("../docker");
    private static final Set<String> PREFIXES = Set.of("SPRING_", "PORTCULLIS_", "MANAGEMENT_", "SERVER_");

    private static JsonNode read(String file) throws IOException {
        try (Reader reader = Files.newBufferedReader(DOCKER.resolve(file))) {
            return JSON.valueToTree(new Yaml().<Map<String, Object>>load(reader));
        }
    }

    private static List<JsonNode> gateways(JsonNode compose) {
        List<JsonNode> gateways = new ArrayList<>();
        compose.get("services").properties().stream()
                .filter(service -> service.getKey().startsWith("gateway"))
                .forEach(service -> gateways.add(service.getValue()));
        return gateways;
    }

    /**
     * Returns the schema as the Compose Specification publishes it, without the keyword {@code id} of an older JSON Schema, which
     * the validator does not know.
     */
    private static JsonSchema schema() throws IOException {
        try (var in = Objects.requireNonNull(ComposeTests.class.getResourceAsStream("/compose-spec.json"))) {
            JsonNode schema = JSON.readTree(in);
            for (JsonNode parent : schema.findParents("id")) {
                if (parent.get("id").isTextual()) {
                    ((ObjectNode) parent).remove("id");
                }
            }
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909)
                    .getSchema(schema);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.cluster.yaml"})
    void fileWhenValidatedThenFitsTheComposeSpecification(String file) throws Exception {
        assertThat(schema().validate(read(file))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.cluster.yaml"})
    void variableOfAGatewayWhenSetThenIsAPropertyOfTheGateway(String file) throws Exception {
        KnownProperties known = KnownProperties.read();
        List<JsonNode> gateways = gateways(read(file));

        assertThat(gateways).isNotEmpty();
        for (JsonNode gateway : gateways) {
            assertThat(gateway.get("environment").fieldNames())
                    .toIterable()
                    .isNotEmpty()
                    .filteredOn(name -> PREFIXES.stream().anyMatch(name::startsWith))
                    .allMatch(known::contains);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.cluster.yaml"})
    void fileWhenReadThenPublishesNoHealthAndNoStoreAndHoldsNoPassword(String file) throws Exception {
        JsonNode compose = read(file);

        assertThat(compose.findValues("ports").toString()).doesNotContain("8081", "3306", "6379", "9090");
        assertThat(compose.findValues("environment"))
                .flatExtracting(environment -> List.copyOf(environment.properties()))
                .filteredOn(variable -> variable.getKey().contains("PASSWORD")
                        && !variable.getKey().contains("RANDOM"))
                .isNotEmpty()
                .allSatisfy(variable -> assertThat(variable.getValue().asText()).startsWith("${"));
    }

    @Test
    void clusterWhenReadThenTrustsTheAddressOfNginxAlone() throws Exception {
        JsonNode compose = read("compose.cluster.yaml");
        String nginx = compose.at("/services/nginx/networks/edge/ipv4_address").asText();

        assertThat(gateways(compose)).hasSize(2).allSatisfy(gateway -> {
            String trusted = gateway.at("/environment/SPRING_CLOUD_GATEWAY_SERVER_WEBFLUX_TRUSTED_PROXIES")
                    .asText();
            assertThat(nginx).matches(trusted);
            assertThat(List.of(nginx.replace('.', 'x'), nginx + "0", "172.30.77.11", "172.30.78.10"))
                    .noneMatch(address -> address.matches(trusted));
            assertThat(gateway.has("ports")).isFalse();
            assertThat(gateway.get("read_only").asBoolean()).isTrue();
        });
    }

    @Test
    void clusterWhenReadThenEachMountedFileIsInTheRepository() throws Exception {
        List<String> mounts = new ArrayList<>();
        for (JsonNode volumes : read("compose.cluster.yaml").get("services").findValues("volumes")) {
            volumes.forEach(volume -> mounts.add(volume.asText()));
        }

        assertThat(mounts)
                .filteredOn(mount -> mount.startsWith("./"))
                .hasSizeGreaterThan(3)
                .allSatisfy(mount -> assertThat(DOCKER.resolve(mount.substring(0, mount.indexOf(':'))))
                        .exists());
    }

    @Test
    void prometheusWhenReadThenScrapesTheManagementPortOfEachGateway() throws Exception {
        JsonNode targets = read("cluster/prometheus.yaml").at("/scrape_configs/0/static_configs/0/targets");
        JsonNode services = read("compose.cluster.yaml").get("services");

        assertThat(targets)
                .hasSize(gateways(read("compose.cluster.yaml")).size())
                .allSatisfy(target -> {
                    assertThat(target.asText()).endsWith(":8081");
                    assertThat(services.has(target.asText().replace(":8081", "")))
                            .isTrue();
                });
    }
}
