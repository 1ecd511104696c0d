package io.portcullis.clients;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives the tests of all classes the same {@link BrowserFixture}, which JUnit closes at the end of the run. Skips them if there is
 * no Chromium in {@code PATH}; no browser is downloaded.
 */
final class ChromiumExtension implements BeforeAllCallback, ParameterResolver {
    /** The browser without a window comes first: it takes half of the processor time. */
    private static final List<String> NAMES =
            List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

    @Override
    public void beforeAll(ExtensionContext context) {
        Assumptions.assumeTrue(
                find().isPresent(),
                () -> "Skipped: PATH has none of " + String.join(", ", NAMES)
                        + ". Install a browser, such as the package 'chromium-headless-shell' of Debian.");
        fixture(context);
    }

    private static BrowserFixture fixture(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(ChromiumExtension.class))
                .computeIfAbsent(
                        BrowserFixture.class, key -> BrowserFixture.start(find().orElseThrow()), BrowserFixture.class);
    }

    private static Optional<Path> find() {
        List<Path> folders = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(Path::of)
                .toList();
        return NAMES.stream()
                .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BrowserFixture.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return fixture(context);
    }
}
