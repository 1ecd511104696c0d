package io.portcullis.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class RouteFileTests {
    @Test
    void ofWhenManyThenTheLastIsTheOneThatIsAskedFor() {
        List<Map<String, Object>> routes = routes(RouteFile.of(2_000, "http://127.0.0.1:9000"));

        assertThat(routes).hasSize(2_000);
        assertThat(routes.get(1_999)).containsEntry("id", "api").containsEntry("predicates", List.of("Path=/api/**"));
        assertThat(routes.get(0)).containsEntry("id", "open").containsEntry("metadata", Map.of("auth", "none"));
        assertThat(routes.get(1)).containsEntry("id", "service-2").doesNotContainKey("metadata");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> routes(String yaml) {
        Map<String, Object> at = new Yaml().load(yaml);
        for (String key : List.of("spring", "cloud", "gateway", "server", "webflux")) {
            at = (Map<String, Object>) at.getOrDefault(key, Map.of());
        }
        return (List<Map<String, Object>>) at.getOrDefault("routes", List.of());
    }
}
