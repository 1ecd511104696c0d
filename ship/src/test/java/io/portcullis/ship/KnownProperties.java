package io.portcullis.ship;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The names of all properties that the gateway knows, from the configuration metadata on its class path. */
final class KnownProperties {
    private final Set<String> names = new HashSet<>();
    private final Set<String> maps = new HashSet<>();

    static KnownProperties read() {
        KnownProperties properties = new KnownProperties();
        try {
            for (String file :
                    List.of("spring-configuration-metadata.json", "additional-spring-configuration-metadata.json")) {
                var resources = KnownProperties.class.getClassLoader().getResources("META-INF/" + file);
                for (var url : Collections.list(resources)) {
                    try (InputStream in = url.openStream()) {
                        new JsonMapper().readTree(in).path("properties").forEach(properties::add);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    private void add(JsonNode property) {
        String name = uniform(property.path("name").asString());
        names.add(name);
        if (property.path("type").asString("").matches("java\\.util\\.(Map|List).*")) {
            maps.add(name);
        }
    }

    private static String uniform(String name) {
        return name.replaceAll("[-._]", "").toLowerCase(Locale.ROOT);
    }

    /** Says whether a property or an environment variable, such as {@code SPRING_R2DBC_URL}, names a property of the gateway. */
    boolean contains(String name) {
        String key = uniform(name);
        return names.contains(key) || maps.stream().anyMatch(map -> key.startsWith(map));
    }
}
