package io.portcullis.gateway.openapi;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Holds a request that succeeded against the description of its operation. A request that was refused may be anything. */
final class RequestRules {
    /** What tests send as some clients do. Endpoints ignore parameters that they do not know. */
    private static final Set<String> IGNORED = Set.of("password", "_");

    private final JsonNode document;
    private final Schemas schemas;

    RequestRules(JsonNode document, Schemas schemas) {
        this.document = document;
        this.schemas = schemas;
    }

    List<String> deviations(Operation operation, Exchange exchange) {
        List<String> found = new ArrayList<>(ofQuery(operation, exchange));
        found.addAll(ofBody(operation, exchange));
        return found;
    }

    private List<String> ofQuery(Operation operation, Exchange exchange) {
        if (operation.acceptsAnyParameter()) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        Map<String, Operation.Parameter> described = operation.queryParameters(document);
        described.forEach((name, parameter) -> {
            if (parameter.required() && !exchange.query().containsKey(name)) {
                found.add("parameter " + name + " is required by the description, and was not needed");
            }
        });
        exchange.query().forEach((name, values) -> {
            Operation.Parameter parameter = described.get(name);
            String value = values.get(0);
            if (parameter == null) {
                if (!isCredential(name) && !IGNORED.contains(name)) {
                    found.add("parameter " + name + " is not described");
                }
            } else if (value != null && !value.isBlank()) {
                schemas.errors(parameter.schemaPointer(), typed(value, schemaAt(parameter.schemaPointer())))
                        .forEach(error -> found.add("parameter " + name + error));
            }
        });
        return found;
    }

    private JsonNode schemaAt(String pointer) {
        return Operation.resolve(document.at(pointer), document);
    }

    private boolean isCredential(String name) {
        return document.at("/components/securitySchemes/tokenParameter/name")
                .asString()
                .equals(name);
    }

    private List<String> ofBody(Operation operation, Exchange exchange) {
        JsonNode body = operation.node().path("requestBody");
        if (exchange.requestBody().isEmpty()) {
            return body.path("required").asBoolean(false)
                    ? List.of("a body is required by the description")
                    : List.of();
        }
        if (body.isMissingNode()) {
            return operation.node().path("x-any-method").asBoolean(false)
                    ? List.of()
                    : List.of("a body is not described");
        }
        MediaType type = contentType(exchange);
        String key = Operation.contentKey(body.get("content"), type);
        if (key == null) {
            return body.get("content").has("*/*")
                    ? List.of()
                    : List.of("request body of type " + type + " is not described");
        }
        if (key.equals("*/*")) {
            return List.of();
        }
        String schema = operation.pointer() + "/requestBody/content/" + Operation.escaped(key) + "/schema";
        JsonNode content = MediaType.APPLICATION_JSON_VALUE.equals(key)
                ? ApiDescription.parse(exchange.requestBody())
                : form(exchange.requestBody());
        return schemas.errors(schema, content).stream()
                .map(error -> "request body" + error)
                .toList();
    }

    private static @Nullable MediaType contentType(Exchange exchange) {
        try {
            return exchange.requestHeaders().getContentType();
        } catch (InvalidMediaTypeException malformed) {
            return null;
        }
    }

    private static ObjectNode form(String body) {
        ObjectNode fields = new JsonMapper().createObjectNode();
        for (String field : body.split("&", -1)) {
            int equals = field.indexOf('=');
            String name = equals < 0 ? field : field.substring(0, equals);
            fields.put(decoded(name), decoded(equals < 0 ? "" : field.substring(equals + 1)));
        }
        return fields;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Returns the value of a parameter or a header: a number if the schema asks for one and the value is one. */
    static JsonNode typed(String value, JsonNode schema) {
        return schema.path("type").asString("").equals("integer") && value.matches("\\d{1,18}")
                ? JsonNodeFactory.instance.numberNode(Long.parseLong(value))
                : JsonNodeFactory.instance.stringNode(value);
    }
}
