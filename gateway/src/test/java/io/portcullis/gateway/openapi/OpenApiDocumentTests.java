package io.portcullis.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.gateway.problem.OAuth2Error;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the description of the own endpoints must have, whatever they are. */
class OpenApiDocumentTests {
    private static final ApiDescription DESCRIPTION = ApiDescription.read();
    private static final JsonNode DOCUMENT = DESCRIPTION.document();
    private static final String ADMIN_PATHS = "/system/";
    private static final String USER_PATHS = "/system/auth/";

    @Test
    void documentWhenReadThenIsOpenApi31() throws IOException {
        try (InputStream metaSchema = Objects.requireNonNull(getClass().getResourceAsStream("/oas-3.1-schema.json"))) {
            var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(metaSchema, InputFormat.JSON);

            assertThat(schema.validate(DOCUMENT)).isEmpty();
        }
    }

    @Test
    void documentWhenTheGatewayHasABasePathThenNamesItAndTheVersion() {
        Map<String, Object> document = OpenApiDocument.read("1.2.3", "/gateway");

        assertThat(document).containsEntry("servers", List.of(Map.of("url", "/gateway")));
        assertThat(document)
                .extractingByKey("info", InstanceOfAssertFactories.MAP)
                .containsEntry("version", "1.2.3");
    }

    @Test
    void schemasWhenReadThenAreJsonSchema202012() {
        var dialect = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        List<String> wrong = new ArrayList<>();
        visit(DOCUMENT, "", (pointer, node) -> {
            if (isSchema(pointer)) {
                dialect.validate(node).forEach(error -> wrong.add(pointer + " " + error));
            }
        });

        assertThat(wrong).isEmpty();
    }

    private static boolean isSchema(String pointer) {
        return pointer.endsWith("/schema") || pointer.matches("/components/schemas/\\w+");
    }

    @Test
    void referencesWhenFollowedThenLeadSomewhere() {
        List<String> broken = new ArrayList<>();
        visit(DOCUMENT, "", (pointer, node) -> {
            String reference = node.path("$ref").asString("#");
            if (!reference.equals("#") && DOCUMENT.at(reference.substring(1)).isMissingNode()) {
                broken.add(pointer + " " + reference);
            }
        });

        assertThat(broken).isEmpty();
    }

    @Test
    void componentsWhenDefinedThenAreUsed() {
        Set<String> used = new HashSet<>();
        visit(DOCUMENT, "", (pointer, node) -> used.add(node.path("$ref").asString("")));
        List<String> unused = DOCUMENT.get("components").properties().stream()
                .filter(kind -> !kind.getKey().equals("securitySchemes"))
                .flatMap(kind -> kind.getValue().propertyNames().stream()
                        .map(name -> "#/components/" + kind.getKey() + "/" + name))
                .filter(reference -> !used.contains(reference))
                .toList();

        // The validator holds responses to requests that are no operation's against them.
        assertThat(unused)
                .containsExactlyInAnyOrder(
                        "#/components/responses/MethodNotAllowed", "#/components/responses/OAuth2NotServed");
    }

    @Test
    void operationsWhenListedThenAreDescribedWhole() {
        Set<String> ids = new HashSet<>();
        Set<String> tags = new HashSet<>();
        DOCUMENT.get("tags").forEach(tag -> tags.add(tag.get("name").asString()));
        Set<String> usedTags = new HashSet<>();
        for (Operation operation : DESCRIPTION.operations()) {
            JsonNode node = operation.node();
            String name = operation.method() + " " + operation.path();
            assertThat(node.path("summary").asString("")).as(name).matches("[A-Z].{3,70}[^.]");
            assertThat(node.path("description").asString("").strip()).as(name).matches("(?s)[A-Z].*\\.");
            assertThat(ids.add(node.path("operationId").asString("")))
                    .as("%s has an operationId of its own", name)
                    .isTrue();
            assertThat(node.path("tags")).as(name).hasSize(1);
            usedTags.add(node.get("tags").get(0).asString());
        }
        assertThat(usedTags).isEqualTo(tags);
    }

    @Test
    void parametersWhenListedThenHaveDescriptionAndExample() {
        List<String> poor = new ArrayList<>();
        visit(DOCUMENT, "", (pointer, node) -> {
            boolean parameter = node.path("in").isString() && node.has("schema");
            boolean media = pointer.matches(".*/content/[^/]+");
            if ((parameter && !(node.has("description") && node.has("example"))) || (media && !node.has("example"))) {
                poor.add(pointer);
            }
        });

        assertThat(poor).isEmpty();
    }

    @Test
    void examplesWhenValidatedThenFitTheirSchemas() {
        List<String> wrong = new ArrayList<>();
        visit(DOCUMENT, "", (pointer, node) -> {
            if (node.has("example") && node.has("schema") && !pointer.contains("/headers/")) {
                DESCRIPTION
                        .schemas()
                        .errors(pointer + "/schema", node.get("example"))
                        .forEach(error -> wrong.add(pointer + " " + error));
            }
        });

        assertThat(wrong).isEmpty();
    }

    @Test
    void codesWhenDefinedThenAreAllListed() {
        Set<String> listed = new TreeSet<>();
        DOCUMENT.at("/components/schemas/ErrorCode/oneOf")
                .forEach(code -> listed.add(
                        code.get("const").asInt() + " " + code.get("title").asString()));
        Set<String> defined = new TreeSet<>();
        Set<Integer> withSpecificName = Set.of(401, 1002000022);
        Arrays.stream(ErrorCode.values())
                .filter(code -> !withSpecificName.contains(code.code())
                        || code == ErrorCode.UNAUTHENTICATED
                        || code == ErrorCode.SESSION_REPLACED)
                .forEach(code -> defined.add(code.code() + " " + code.name()));

        assertThat(listed).isEqualTo(defined);
        assertThat(texts("/components/schemas/OAuth2Failure/properties/error/enum"))
                .containsExactlyInAnyOrderElementsOf(words(Arrays.stream(OAuth2Error.values())));
    }

    @Test
    void wordsWhenDefinedThenAreAllListed() {
        assertThat(texts("/components/schemas/LoginLogEntry/properties/type/enum"))
                .containsExactlyInAnyOrderElementsOf(LoginLogType.values().stream()
                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(texts("/components/schemas/LoginLogEntry/properties/result/enum"))
                .containsExactlyInAnyOrderElementsOf(words(Arrays.stream(LoginLogResult.values())));
    }

    /** What a caller needs, by the rule of {@code LocalAuthenticationWebFilter}. */
    @Test
    void operationsWhenBelowSystemThenNeedTheAdministratorButForTheOwnSessions() {
        for (Operation operation : DESCRIPTION.operations()) {
            JsonNode security =
                    operation.node().has("security") ? operation.node().get("security") : DOCUMENT.get("security");
            boolean admin = operation.path().startsWith(ADMIN_PATHS)
                    && !operation.path().startsWith(USER_PATHS);
            boolean named = security.toString().contains("[\"admin\"]");
            boolean ofConsole = operation.path().startsWith("/console/");
            assertThat(named || ofConsole)
                    .as("%s %s needs the role admin", operation.method(), operation.path())
                    .isEqualTo(admin || ofConsole);
        }
    }

    private static List<String> words(Stream<? extends Enum<?>> constants) {
        return constants
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static List<String> texts(String pointer) {
        List<String> texts = new ArrayList<>();
        DOCUMENT.at(pointer).forEach(text -> texts.add(text.asString()));
        return texts;
    }

    /** Visits each object but those of examples. */
    private static void visit(JsonNode node, String pointer, BiConsumer<String, JsonNode> visitor) {
        if (node.isObject()) {
            visitor.accept(pointer, node);
            node.properties().forEach(each -> {
                if (!each.getKey().equals("example")) {
                    visit(each.getValue(), pointer + "/" + Operation.escaped(each.getKey()), visitor);
                }
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                visit(node.get(i), pointer + "/" + i, visitor);
            }
        }
    }
}
