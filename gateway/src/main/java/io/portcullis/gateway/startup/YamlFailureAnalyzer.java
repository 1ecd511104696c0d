package io.portcullis.gateway.startup;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.yaml.snakeyaml.error.YAMLException;

/** Prints a mistake in a YAML file as its place and action instead of a stack trace. Registered in spring.factories. */
final class YamlFailureAnalyzer extends AbstractFailureAnalyzer<YAMLException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, YAMLException cause) {
        ConfigurationException described = YamlMistakes.describe(
                cause,
                Stream.of(Path.of("config"), Path.of(""))
                        .flatMap(directory -> YamlMistakes.filesIn(directory).stream())
                        .toList());
        return new FailureAnalysis(described.description(), described.action(), described);
    }
}
