package io.portcullis.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Renders the Helm chart, and tests the resources against the types of Kubernetes and against what the gateway knows. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class HelmChartTests {
    private static final String LEAST = "least-values.yaml";
    private static final String ALL = "all-values.yaml";

    private static JsonNode pod(List<JsonNode> resources) {
        return HelmChart.only(resources, "Deployment").at("/spec/template/spec");
    }

    private static EnumerablePropertySource<?> properties(List<JsonNode> resources, String file) throws Exception {
        String yaml =
                HelmChart.only(resources, "ConfigMap").get("data").get(file).asText();
        var resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8));
        return (EnumerablePropertySource<?>)
                new YamlPropertySourceLoader().load(file, resource).get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEAST, ALL})
    void chartWhenLintedStrictlyThenHasNoMistake(String values, @TempDir Path copy) throws Exception {
        assertThat(HelmChart.lint(values, copy)).noneMatch(message -> message.matches("(?s).*\\[(WARNING|ERROR)].*"));
    }

    @Test
    void chartWhenRenderedThenMakesTheseKinds() {
        assertThat(HelmChart.render(LEAST))
                .extracting(resource -> resource.get("kind").asText())
                .containsExactlyInAnyOrder(
                        "ConfigMap",
                        "Deployment",
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "Service",
                        "Service",
                        "ServiceAccount");
        assertThat(HelmChart.render(ALL))
                .extracting(resource -> resource.get("kind").asText())
                .contains("HorizontalPodAutoscaler", "HTTPRoute", "ServiceMonitor")
                .doesNotContain("Secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {LEAST, ALL})
    void resourceWhenReadAsItsTypeThenHasNoUnknownFieldAndItsNameFits(String values) throws Exception {
        for (JsonNode resource : HelmChart.render(values)) {
            assertThat(HelmChart.typed(resource)).isNotNull();
            assertThat(resource.at("/metadata/name").asText()).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
        }
    }

    @Test
    void resourceWhenAFieldIsUnknownThenIsRefused() {
        JsonNode deployment = HelmChart.only(HelmChart.render(LEAST), "Deployment");
        ((ObjectNode) deployment.at("/spec/template/spec/containers/0")).put("imagePulPolicy", "Always");

        assertThatThrownBy(() -> HelmChart.typed(deployment)).hasMessageContaining("imagePulPolicy");
    }

    @ParameterizedTest
    @ValueSource(strings = {LEAST, ALL})
    void variableWhenSetThenIsAPropertyOfTheGatewayAndASecretIsAReference(String values) {
        KnownProperties known = KnownProperties.read();

        for (JsonNode variable : pod(HelmChart.render(values)).at("/containers/0/env")) {
            String name = variable.get("name").asText();
            assertThat(known.contains(name)).as(name).isTrue();
            if (name.matches(".*(PASSWORD|USERNAME|SECRET|KEYS)")) {
                assertThat(variable.at("/valueFrom/secretKeyRef/name").asText())
                        .as(name)
                        .isNotEmpty();
                assertThat(variable.has("value")).as(name).isFalse();
            }
        }
    }

    @Test
    void configurationWhenRenderedThenIsWhatTheGatewayBinds() throws Exception {
        List<JsonNode> resources = HelmChart.render(ALL);
        KnownProperties known = KnownProperties.read();
        var application = properties(resources, "application.yaml");
        var routes = new Binder(ConfigurationPropertySources.from(properties(resources, "routes.yaml")))
                .bind("spring.cloud.gateway.server.webflux", GatewayProperties.class)
                .get()
                .getRoutes();

        assertThat(application.getPropertyNames())
                .contains("portcullis.token.access-ttl", "portcullis.http.allowed-origins[0]")
                .allMatch(name -> known.contains(name.replaceAll("\\[\\d+]", "")));
        assertThat(routes).extracting("id").containsExactly("orders", "news");
        assertThat(routes).extracting("order").containsExactly(1, 0);
        assertThat(routes.get(0).getMetadata())
                .containsEntry("auth", "required")
                .containsKey("roles");
    }

    @Test
    void podWhenOnlyTheRoutesChangeThenStays() {
        JsonNode before = HelmChart.only(HelmChart.render(LEAST), "Deployment");

        assertThat(HelmChart.only(HelmChart.render(LEAST, "routes[0].uri=http://others:8080"), "Deployment"))
                .isEqualTo(before);
        assertThat(HelmChart.only(
                        HelmChart.render(LEAST, "properties.portcullis\\.token\\.access-ttl=5m"), "Deployment"))
                .isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEAST, ALL})
    void podWhenRenderedThenKeepsTheRestrictedStandard(String values) {
        JsonNode pod = pod(HelmChart.render(values));
        JsonNode container = pod.at("/containers/0/securityContext");

        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(10001);
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(container.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.get("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(pod.get("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.get("volumes").findValues("hostPath")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {LEAST, ALL})
    void nameOfAPortWhenUsedThenIsAPortOfTheContainer(String values) {
        List<JsonNode> resources = HelmChart.render(values);
        var ports = pod(resources).at("/containers/0/ports").findValuesAsText("name");

        assertThat(ports).containsExactly("http", "management");
        assertThat(resources)
                .allSatisfy(resource ->
                        assertThat(resource.findValuesAsText("targetPort")).isSubsetOf(ports));
        assertThat(HelmChart.only(resources, "NetworkPolicy").findValuesAsText("port"))
                .isSubsetOf(ports);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            JsonNode get = pod(resources).at("/containers/0/" + probe + "/httpGet");
            assertThat(get.get("port").asText()).isEqualTo("management");
            assertThat(get.get("path").asText()).startsWith("/actuator/health/");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    replicas=1                                    | podDisruptionBudget.minAvailable: 1 (expected: less than the 1 nodes
                    podDisruptionBudget.minAvailable=2            | podDisruptionBudget.minAvailable: 2 (expected: less than the 2 nodes
                    autoscaling.enabled=true,autoscaling.minReplicas=7 | autoscaling.minReplicas: 7 (expected: at most
                    autoscaling.enabled=true,autoscaling.minReplicas=1 | podDisruptionBudget.minAvailable: 1 (expected: less
                    mysql.secret.name=                            | mysql.secret.name
                    mysql.url=jdbc:mysql://mysql/portcullis       | mysql.url
                    mysql.url=r2dbc:mysql://me:pass@mysql/portcullis | mysql.url
                    redis.host=                                   | redis.host
                    redis.port=0                                  | redis.port
                    shutdown.drainDelaySeconds=30                 | shutdown.terminationGracePeriodSeconds: 60 (expected: at least
                    existingConfigMap=routes                      | routes and existingConfigMap are both set
                    httpRoute.enabled=true                        | httpRoute.parentRefs
                    serviceMonitor.enabled=true                   | networkPolicy.metricsFrom
                    properties.spring\\.data\\.redis\\.password=x | properties: spring.data.redis.password is a secret
                    replica=3                                     | replica
                    """)
    void valuesWhenTheyContradictEachOtherThenAreRefusedWithTheirNames(String settings, String message) {
        assertThatThrownBy(() -> HelmChart.render(LEAST, settings.split(","))).hasMessageContaining(message);
    }

    @Test
    void chartWhenItHasNoRoutesThenIsRefused() {
        assertThatThrownBy(() -> HelmChart.render("no-routes-values.yaml")).hasMessageContaining("routes: empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"replicas=1,podDisruptionBudget.enabled=false", "replicas=3,podDisruptionBudget.minAvailable=2"})
    void valuesWhenTheyAgreeThenAreRendered(String settings) {
        assertThat(HelmChart.render(LEAST, settings.split(","))).isNotEmpty();
    }
}
