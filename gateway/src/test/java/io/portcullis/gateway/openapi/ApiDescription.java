package io.portcullis.gateway.openapi;

import io.portcullis.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description of the own endpoints, and the rules by which an exchange is held against it. */
final class ApiDescription {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
    private static final String CONSOLE_CALLS = "/console/api/";
    private static final String USER_PATHS = "/system/auth/";
    private static final String CONSOLE_OWN = "/system/console/";

    /** The responses to requests that are no operation's: to unknown paths, and to other methods. */
    private static final List<String> OF_NO_OPERATION = List.of(
            "Unauthenticated", "Forbidden", "NotFound", "MethodNotAllowed", "Unavailable", "BadRequest", "Failure");

    private static final List<String> OF_NO_OPERATION_OF_OAUTH2 =
            List.of("OAuth2BadRequest", "OAuth2Unavailable", "OAuth2Failure", "OAuth2NotServed", "BadRequest");

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final Schemas ofRequests;
    private final Schemas ofResponses;

    private ApiDescription(JsonNode document) {
        this.document = document;
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().propertyNames().stream()
                        .filter(METHODS::contains)
                        .forEach(method ->
                                operations.add(Operation.of(method, path.getKey(), path.getValue(), document))));
        operations.sort(Comparator.comparing(Operation::pattern, PathPattern.SPECIFICITY_COMPARATOR));
        ofRequests = Schemas.of(document);
        ofResponses = Schemas.strict(document);
    }

    static ApiDescription read() {
        return new ApiDescription(JSON.valueToTree(OpenApiDocument.read("test", "")));
    }

    JsonNode document() {
        return document;
    }

    List<Operation> operations() {
        return operations;
    }

    /** The schemas as they are published. */
    Schemas schemas() {
        return ofRequests;
    }

    /** Returns the path of the description for the path of a handler. */
    static String pathOfHandler(String path) {
        return path.startsWith(CONSOLE_OWN) ? CONSOLE_CALLS + "console/" + path.substring(CONSOLE_OWN.length()) : path;
    }

    /** Returns the path of the description for a path that a client used. */
    private static String pathOfCall(String path) {
        return path.startsWith(CONSOLE_CALLS) && !path.startsWith(CONSOLE_CALLS + "console/")
                ? "/system/" + path.substring(CONSOLE_CALLS.length())
                : path;
    }

    @Nullable
    Operation find(String method, String path) {
        if (path.contains(";")) {
            // Refused before any rule reads the path.
            return null;
        }
        PathContainer parsed = PathContainer.parsePath(pathOfCall(path));
        // The console reaches the administration alone.
        boolean ofConsole = path.startsWith(CONSOLE_CALLS);
        return operations.stream()
                .filter(operation -> operation.matches(method, parsed))
                .findFirst()
                .filter(operation -> !ofConsole || !operation.path().startsWith(USER_PATHS))
                .orElse(null);
    }

    /** Returns in what the exchange is not as described; empty if it is. The texts have no values of the exchange. */
    List<String> deviationsOf(Exchange exchange) {
        int status = statusOf(exchange);
        // The paths below /system/console work for administrators with another credential, too; the login there does
        // not.
        String path = status < 400 ? pathOfHandler(exchange.path()) : exchange.path();
        Operation operation = find(exchange.method(), path);
        List<String> found = new ArrayList<>(commonDeviations(exchange, status));
        if (operation == null) {
            found.addAll(ofNoOperation(exchange, status));
        } else {
            found.addAll(ofResponse(operation, exchange, status));
            if (status < 300) {
                found.addAll(new RequestRules(document, ofRequests).deviations(operation, exchange));
            }
        }
        return found.stream().map(text -> exchange + ": " + text).toList();
    }

    /** Returns the status of the response, or the one of its code if the node answers failures with 200. */
    private static int statusOf(Exchange exchange) {
        int code = codeOf(exchange);
        return exchange.statusInBody() && exchange.status() == 200 && code > 0 ? statusOf(code) : exchange.status();
    }

    private static int statusOf(int code) {
        return Arrays.stream(ErrorCode.values())
                .filter(known -> known.code() == code)
                .mapToInt(ErrorCode::httpStatus)
                .findFirst()
                .orElse(0);
    }

    private static int codeOf(Exchange exchange) {
        return parse(exchange.body()).path("code").asInt(0);
    }

    /** What holds for all responses (docs/design.md section 7). */
    private static List<String> commonDeviations(Exchange exchange, int status) {
        List<String> found = new ArrayList<>();
        boolean stored = exchange.path().startsWith("/system") || status >= 400;
        if (stored && !String.valueOf(exchange.headers().getCacheControl()).contains("no-store")) {
            found.add("Cache-Control (expected: no-store)");
        }
        int code = codeOf(exchange);
        if (code > 0 && statusOf(code) != status) {
            found.add("status " + status + " with code " + code + " (expected: " + statusOf(code) + ")");
        }
        return found;
    }

    private List<String> ofNoOperation(Exchange exchange, int status) {
        if (exchange.method().equals("OPTIONS")
                && status == 200
                && exchange.body().isEmpty()) {
            return List.of();
        }
        boolean oauth2 = exchange.path().matches("/(oauth2|\\.well-known/oauth).*");
        if (status < 400) {
            return List.of("no such operation is described");
        }
        List<String> names = oauth2 ? OF_NO_OPERATION_OF_OAUTH2 : OF_NO_OPERATION;
        return names.stream()
                .map(name -> ofContent("/components/responses/" + name, exchange))
                .reduce((one, other) -> one.isEmpty() ? one : other)
                .orElseThrow();
    }

    private List<String> ofResponse(Operation operation, Exchange exchange, int status) {
        JsonNode responses = operation.node().get("responses");
        String key = responses.has(String.valueOf(status)) ? String.valueOf(status) : "default";
        if (!responses.has(key) || (key.equals("default") && status < 400)) {
            return List.of("status " + status + " is not described");
        }
        String pointer = operation.pointer() + "/responses/" + key;
        JsonNode reference = responses.get(key).path("$ref");
        return ofContent(reference.isString() ? reference.asString().substring(1) : pointer, exchange);
    }

    private List<String> ofContent(String pointer, Exchange exchange) {
        JsonNode response = document.at(pointer);
        List<String> found = new ArrayList<>(ofHeaders(response, exchange.headers()));
        JsonNode content = response.path("content");
        if (content.isEmpty()) {
            if (!exchange.body().isEmpty()) {
                found.add("body (expected: none)");
            }
            return found;
        }
        if (exchange.method().equals("HEAD") && exchange.body().isEmpty()) {
            return found;
        }
        String key = Operation.contentKey(content, exchange.headers().getContentType());
        if (key == null) {
            found.add("Content-Type " + exchange.headers().getContentType() + " (expected: one of "
                    + content.propertyNames() + ")");
        } else if (MediaType.parseMediaType(key).isCompatibleWith(MediaType.APPLICATION_JSON)) {
            String schema = pointer + "/content/" + Operation.escaped(key) + "/schema";
            found.addAll(ofResponses.errors(schema, parse(exchange.body())));
        }
        return found;
    }

    private List<String> ofHeaders(JsonNode response, HttpHeaders headers) {
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : response.path("headers").properties()) {
            JsonNode reference = entry.getValue().path("$ref");
            JsonNode header = Operation.resolve(entry.getValue(), document);
            String value = headers.getFirst(entry.getKey());
            if (value == null) {
                if (header.path("required").asBoolean(false)) {
                    found.add("header " + entry.getKey() + " is missing");
                }
            } else if (reference.isString()) {
                ofResponses
                        .errors(
                                reference.asString().substring(1) + "/schema",
                                RequestRules.typed(value, header.path("schema")))
                        .forEach(error -> found.add("header " + entry.getKey() + error));
            }
        }
        return found;
    }

    static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }
}
