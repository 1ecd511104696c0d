package io.portcullis.gateway.openapi;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.JsonNode;

/**
 * An operation of the description.
 *
 * @param path the path as the description has it
 * @param pattern the pattern of the path
 * @param pointer the JSON pointer of the operation
 * @param item the path item
 */
record Operation(String method, String path, PathPattern pattern, String pointer, JsonNode item, JsonNode node) {
    private static final String SEVERAL = "x-several-segments";

    static Operation of(String method, String path, JsonNode item, JsonNode document) {
        JsonNode node = item.get(method);
        String pointer = "/paths/" + escaped(path) + "/" + method;
        return new Operation(method, path, pattern(path, node, document), pointer, item, node);
    }

    private static PathPattern pattern(String path, JsonNode node, JsonNode document) {
        String pattern = path;
        for (JsonNode parameter : node.path("parameters")) {
            JsonNode resolved = resolve(parameter, document);
            if (resolved.path(SEVERAL).asBoolean(false)) {
                String name = resolved.get("name").asString();
                pattern = pattern.replace("{" + name + "}", "{*" + name + "}");
            }
        }
        return PathPatternParser.defaultInstance.parse(pattern);
    }

    static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** Returns the node, or what it refers to. */
    static JsonNode resolve(JsonNode node, JsonNode document) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? document.at(reference.asString().substring(1)) : node;
    }

    boolean matches(String requested, PathContainer requestedPath) {
        return pattern.matches(requestedPath)
                && (method.equalsIgnoreCase(requested)
                        || (requested.equals("HEAD") && method.equals("get"))
                        || node.path("x-any-method").asBoolean(false));
    }

    boolean acceptsAnyParameter() {
        return node.path("x-any-query-parameter").asBoolean(false);
    }

    /** Returns the key of the media type in a map of contents that describes this type; null if there is none. */
    static @Nullable String contentKey(JsonNode content, @Nullable MediaType type) {
        return type == null
                ? null
                : content.propertyNames().stream()
                        .filter(key -> MediaType.parseMediaType(key).includes(type))
                        .findFirst()
                        .orElse(null);
    }

    /** Returns the parameters in the query by name, each with the JSON pointer of its schema. */
    Map<String, Parameter> queryParameters(JsonNode document) {
        Map<String, Parameter> parameters = new TreeMap<>();
        for (String place : List.of(parent(pointer) + "/parameters", pointer + "/parameters")) {
            JsonNode all = document.at(place);
            for (int i = 0; i < all.size(); i++) {
                String at = all.get(i).path("$ref").isString()
                        ? all.get(i).get("$ref").asString().substring(1)
                        : place + "/" + i;
                JsonNode parameter = document.at(at);
                if (parameter.get("in").asString().equals("query")) {
                    parameters.put(
                            parameter.get("name").asString(),
                            new Parameter(
                                    at + "/schema", parameter.path("required").asBoolean(false)));
                }
            }
        }
        return parameters;
    }

    private static String parent(String pointer) {
        return pointer.substring(0, pointer.lastIndexOf('/'));
    }

    record Parameter(String schemaPointer, boolean required) {}
}
