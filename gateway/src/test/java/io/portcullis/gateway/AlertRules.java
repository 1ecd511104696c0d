package io.portcullis.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.Yaml;

/** The alert rules that the repository ships. */
final class AlertRules {
    static final Path DIRECTORY = Path.of("..", "docker", "observability");
    static final Path FILE = DIRECTORY.resolve("alerts.yaml");

    private AlertRules() {}

    /** A rule as the file has it. */
    record Rule(String name, String expression, Map<?, ?> labels, Map<?, ?> annotations) {}

    static List<Rule> read() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(FILE));
        List<Rule> rules = new ArrayList<>();
        for (Map<String, Object> group : Objects.requireNonNull(file.get("groups"))) {
            for (Object rule : (List<?>) Objects.requireNonNull(group.get("rules"))) {
                rules.add(rule((Map<?, ?>) rule));
            }
        }
        return rules;
    }

    private static Rule rule(Map<?, ?> rule) {
        return new Rule(
                String.valueOf(rule.get("alert")),
                String.valueOf(rule.get("expr")),
                (Map<?, ?>) Objects.requireNonNull(rule.get("labels")),
                (Map<?, ?>) Objects.requireNonNull(rule.get("annotations")));
    }

    /**
     * Writes the rules for a test that cannot wait for minutes: an alert fires as soon as its expression is true, and a rate is that of the
     * last seconds. The thresholds stay.
     */
    static Path writeImpatient(Path directory) throws IOException {
        String rules = Files.readString(FILE)
                .replaceAll("(?m)^ *for: \\d+[smh]\\n", "")
                .replaceAll("\\[\\d+[smh]]", "[4s]");
        return Files.writeString(directory.resolve("impatient.yaml"), rules);
    }
}
