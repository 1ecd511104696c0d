package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The section of docs/runbooks.md about an alert.
 *
 * @param text the section without its heading
 */
record Runbook(String alert, String text) {
    private static final Path PAGE = Path.of("..", "docs", "runbooks.md");
    private static final String ALERT = "Portcullis";

    static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the alerts that have a section, in the order of the page. */
    static List<String> alerts() {
        return sections().map(Runbook::alert).toList();
    }

    /** Returns the section about this alert. */
    static Runbook of(String alert) {
        return sections()
                .filter(section -> section.alert().equals(alert))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no section: " + alert));
    }

    private static Stream<Runbook> sections() {
        return Stream.of(page().split("(?m)^## "))
                .filter(section -> section.startsWith(ALERT))
                .map(section -> section.split("\n", 2))
                .map(parts -> new Runbook(parts[0], parts[1]));
    }

    /** Fails unless the section names the command, word by word, where it says what to look at or what to do. */
    void requireCommand(String command) {
        assertThat(text.substring(text.indexOf("**Look at.**"))).as(alert).contains("`" + command + "`");
    }
}
