package io.portcullis.ship;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.util.FileSystemUtils;
import org.yaml.snakeyaml.Yaml;

/** The chart in {@code docker/helm}, rendered by Helm itself, which a library has as native code. */
final class HelmChart {
    private static final Path CHART =
            Path.of("../docker/helm/portcullis").toAbsolutePath().normalize();

    /** The types of Kubernetes, of the Gateway API and of the Prometheus operator, generated from their published schemas. */
    private static final Map<String, Class<?>> TYPES = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Service", Service.class,
            "v1/ServiceAccount", ServiceAccount.class,
            "apps/v1/Deployment", Deployment.class,
            "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "gateway.networking.k8s.io/v1/HTTPRoute", HTTPRoute.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class);

    /** Reads the types without their places for unknown fields, so that an unknown field is an error. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private HelmChart() {}

    /**
     * Returns the messages of {@code helm lint --strict}. The library lints with the chart's own values alone, so a copy of the
     * chart has the given ones.
     *
     * @param copy an empty directory
     */
    static List<String> lint(String values, Path copy) throws IOException {
        FileSystemUtils.copyRecursively(CHART, copy);
        Map<String, Object> merged = read("values.yaml");
        merge(merged, read("ci/" + values));
        Files.writeString(copy.resolve("values.yaml"), new Yaml().dump(merged));
        return new Helm(copy).lint().strict().quiet().call().getMessages();
    }

    private static Map<String, Object> read(String file) throws IOException {
        try (Reader reader = Files.newBufferedReader(CHART.resolve(file))) {
            return new Yaml().load(reader);
        }
    }

    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> target, Map<String, Object> values) {
        values.forEach((name, value) -> {
            if (value instanceof Map && target.get(name) instanceof Map) {
                merge((Map<String, Object>) Objects.requireNonNull(target.get(name)), (Map<String, Object>) value);
            } else {
                target.put(name, value);
            }
        });
    }

    /**
     * Renders the chart with a file of {@code ci/} and further values, as {@code --set} takes them.
     *
     * @throws IllegalStateException if the chart refuses the values; the message says why
     */
    static List<JsonNode> render(String values, String... settings) {
        var command = new Helm(CHART).template().withName("test").withValuesFile(CHART.resolve("ci/" + values));
        for (String setting : settings) {
            int mark = setting.indexOf('=');
            command = command.set(setting.substring(0, mark), setting.substring(mark + 1));
        }
        List<JsonNode> resources = new ArrayList<>();
        for (Object resource : new Yaml().loadAll(command.call())) {
            resources.add(new ObjectMapper().valueToTree(Objects.requireNonNull(resource)));
        }
        return resources;
    }

    /** Returns the resource as the type of its kind. Fails if the type has no such field, or if a value has the wrong type. */
    static Object typed(JsonNode resource) throws Exception {
        String kind =
                resource.get("apiVersion").asText() + "/" + resource.get("kind").asText();
        return STRICT.treeToValue(resource, Objects.requireNonNull(TYPES.get(kind), kind));
    }

    /** Returns the only resource of a kind. */
    static JsonNode only(List<JsonNode> resources, String kind) {
        List<JsonNode> found = resources.stream()
                .filter(resource -> resource.get("kind").asText().equals(kind))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(kind + ": " + found.size() + " (expected: 1)");
        }
        return found.get(0);
    }
}
