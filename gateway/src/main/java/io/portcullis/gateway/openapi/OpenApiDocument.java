package io.portcullis.gateway.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The description of the gateway's own endpoints, an OpenAPI 3.1 document. Its parts are the files {@code openapi/*.yaml} of the class path:
 * {@code api.yaml} has the general part, and each other file the {@code tags}, {@code paths} and {@code components} of a group of endpoints.
 */
public final class OpenApiDocument {
    private static final String GENERAL = "api.yaml";
    private static final String FILES = "classpath:/openapi/*.yaml";

    private final Map<String, Object> document = new LinkedHashMap<>();
    private final List<Object> tags = new ArrayList<>();
    private final Map<String, Object> paths = new LinkedHashMap<>();
    private final Map<String, Object> components = new LinkedHashMap<>();

    private OpenApiDocument() {}

    /**
     * Reads and merges the files. Blocks, so it must not be called on an event loop.
     *
     * @param version the version of the gateway
     * @param basePath the path below which the gateway's own paths are, empty for none
     * @throws IllegalStateException if two files define the same name, or the general part is missing
     */
    public static Map<String, Object> read(String version, String basePath) {
        OpenApiDocument merged = new OpenApiDocument();
        try {
            for (Resource file : files()) {
                merged.add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return merged.complete(version, basePath);
    }

    /** Returns the files in the order of the document: the general part first, the others by name. */
    private static List<Resource> files() throws IOException {
        Resource[] found = new PathMatchingResourcePatternResolver().getResources(FILES);
        return Arrays.stream(found)
                .sorted(Comparator.comparing((Resource file) -> !GENERAL.equals(file.getFilename()))
                        .thenComparing(file -> String.valueOf(file.getFilename())))
                .toList();
    }

    private void add(Resource file) throws IOException {
        Map<String, Object> part = parse(file);
        if (part.remove("tags") instanceof List<?> own) {
            tags.addAll(own);
        }
        addAll(paths, part.remove("paths"), file);
        mapping(part.remove("components"))
                .forEach((kind, named) ->
                        addAll(mapping(components.computeIfAbsent(kind, any -> new LinkedHashMap<>())), named, file));
        addAll(document, part, file);
    }

    private static Map<String, Object> parse(Resource file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream content = file.getInputStream()) {
            return mapping(new Yaml(new SafeConstructor(options)).load(content));
        }
    }

    private static void addAll(Map<String, Object> target, @Nullable Object named, Resource file) {
        mapping(named).forEach((name, value) -> {
            if (target.putIfAbsent(name, value) != null) {
                throw new IllegalStateException("openapi/" + file.getFilename() + ": " + name
                        + " is defined in another file, too (expected: in one)");
            }
        });
    }

    private Map<String, Object> complete(String version, String basePath) {
        if (!document.containsKey("info")) {
            throw new IllegalStateException(
                    "openapi/" + GENERAL + ": missing in the class path (expected: beside application.yaml)");
        }
        mapping(document.get("info")).put("version", version);
        document.put("servers", List.of(Map.of("url", basePath.isEmpty() ? "/" : basePath)));
        document.put("tags", tags);
        document.put("paths", paths);
        document.put("components", components);
        return document;
    }

    /** Returns the value itself, or an empty map for null. */
    @SuppressWarnings("unchecked") // The names of the files are texts.
    private static Map<String, Object> mapping(@Nullable Object value) {
        return value == null ? new LinkedHashMap<>() : (Map<String, Object>) value;
    }
}
