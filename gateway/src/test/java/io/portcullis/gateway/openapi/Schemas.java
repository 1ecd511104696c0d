package io.portcullis.gateway.openapi;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The schemas of a description, by their JSON pointers. */
final class Schemas {
    private static final String ID = "https://portcullis.example/openapi.json";

    private final SchemaRegistry registry;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private Schemas(JsonNode document) {
        registry = SchemaRegistry.withDialect(
                Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(ID, document.toString())));
    }

    /** The schemas as they are, for requests. */
    static Schemas of(JsonNode document) {
        return new Schemas(document);
    }

    /**
     * The schemas for responses: an object has no properties but those that are described. The description itself is not so strict, because
     * clients must accept what a later version adds.
     */
    static Schemas strict(JsonNode document) {
        JsonNode copy = document.deepCopy();
        copy.path("components").path("schemas").forEach(Schemas::close);
        closeContents(copy.path("components").path("responses"));
        copy.path("paths").forEach(item -> item.forEach(operation -> closeContents(operation.path("responses"))));
        return new Schemas(copy);
    }

    private static void closeContents(JsonNode responses) {
        responses.forEach(response -> response.path("content").forEach(media -> close(media.path("schema"))));
    }

    private static void close(JsonNode schema) {
        schema.path("properties").forEach(Schemas::close);
        close(schema, "items");
        close(schema, "additionalProperties");
        boolean open =
                schema.has("properties") && !schema.has("additionalProperties") && !schema.has("unevaluatedProperties");
        if (open && !schema.has("$ref")) {
            ((ObjectNode) schema).put("unevaluatedProperties", false);
        }
    }

    private static void close(JsonNode schema, String keyword) {
        if (schema.path(keyword).isObject()) {
            close(schema.get(keyword));
        }
    }

    /** Returns what is wrong with the value by the schema at the pointer; empty if nothing is. */
    List<String> errors(String pointer, JsonNode value) {
        return schemas
                .computeIfAbsent(pointer, at -> registry.getSchema(SchemaLocation.of(ID + "#" + at)))
                .validate(value)
                .stream()
                .map(Schemas::text)
                .toList();
    }

    /** Leaves out the value itself, which may be a token. */
    private static String text(Error error) {
        return error.getInstanceLocation() + " " + error.getKeyword() + ": " + error.getMessage();
    }
}
