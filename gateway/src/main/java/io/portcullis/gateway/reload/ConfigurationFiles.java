package io.portcullis.gateway.reload;

import io.portcullis.gateway.startup.ConfigurationException;
import io.portcullis.gateway.startup.PropertyOrigins;
import io.portcullis.gateway.startup.YamlMistakes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ResourceLoader;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads the configuration files as Spring Boot does at the start: the same locations, imports, profiles and precedence. All methods
 * block.
 */
final class ConfigurationFiles {
    /** A file of this size has about 20,000 routes. The limit bounds the time and the memory that a wrong file takes. */
    private static final long MAX_BYTES = 4L << 20;
    /** Begin the names that Spring Boot gives to property sources that it reads from files and from directories of files. */
    private static final List<String> FROM_FILES = List.of("Config resource '", "Config tree '");

    /** The user and the password of an address that is imported. */
    private static final Pattern USER = Pattern.compile("//[^/@\\s]*@");

    private final ConfigurableEnvironment running;
    private final ResourceLoader resources;

    /** @param running the environment with which the node started; its files are read anew, and all else is taken as it is */
    ConfigurationFiles(ConfigurableEnvironment running, ResourceLoader resources) {
        this.running = running;
        this.resources = resources;
    }

    /**
     * Reads the files anew.
     *
     * @param known the files that were read before, all of which must still be there
     * @throws ConfigurationException if a file cannot be read
     */
    ConfigurableEnvironment read(Set<Path> known) {
        known.forEach(ConfigurationFiles::requireReadable);
        known.stream().filter(YamlMistakes::isYaml).forEach(YamlExpansion::requireBounded);
        var read = new StandardEnvironment();
        read.getPropertySources().stream()
                .map(PropertySource::getName)
                .toList()
                .forEach(read.getPropertySources()::remove);
        running.getPropertySources().stream()
                .filter(source -> !isFromFile(source)
                        && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
                .forEach(read.getPropertySources()::addLast);
        try {
            ConfigDataEnvironmentPostProcessor.applyTo(read, resources, null, running.getActiveProfiles());
        } catch (RuntimeException e) {
            throw unreadable(e, known);
        }
        ConfigurationPropertySources.attach(read);
        return read;
    }

    private static ConfigurationException unreadable(RuntimeException failure, Set<Path> known) {
        if (failure instanceof YAMLException mistake) {
            return YamlMistakes.describe(mistake, yamlFiles(known));
        }
        return new ConfigurationException(
                "The configuration files cannot be read: "
                        + USER.matcher(String.valueOf(failure.getMessage())).replaceAll("//") + ".",
                "Correct the files.");
    }

    /** Returns the YAML files beside the known ones, which a known one may import. */
    private static List<Path> yamlFiles(Set<Path> known) {
        return known.stream()
                .map(Path::getParent)
                .distinct()
                .flatMap(directory -> YamlMistakes.filesIn(directory).stream())
                .toList();
    }

    private static void requireReadable(Path path) {
        String file = PropertyOrigins.relative(path);
        try {
            if (Files.notExists(path)) {
                throw new ConfigurationException(
                        file + " is gone.", "Put the file back, or restart the node without it.");
            }
            if (!Files.isRegularFile(path)) {
                throw new ConfigurationException(file + " is not a file.", "Put a file there.");
            }
            if (!Files.isReadable(path)) {
                throw new ConfigurationException(
                        file + " cannot be read.", "Let the user of the gateway's process read it.");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw new ConfigurationException(
                        file + " has " + Files.size(path) + " bytes.",
                        "Files of at most " + MAX_BYTES + " bytes are read while the node runs.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the files from which an environment was read. A file without a property is not among them. */
    static Set<Path> in(ConfigurableEnvironment environment) {
        return filesOf(environment)
                .map(ConfigurationFiles::file)
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the names of the properties outside of {@code prefix} whose values in the files differ between two environments. */
    static List<String> differences(ConfigurableEnvironment one, ConfigurableEnvironment other, String prefix) {
        return Stream.concat(names(one), names(other))
                .distinct()
                .filter(name -> !name.startsWith(prefix) && !value(one, name).equals(value(other, name)))
                .sorted()
                .toList();
    }

    private static Stream<String> names(ConfigurableEnvironment environment) {
        return filesOf(environment).flatMap(source -> Stream.of(source.getPropertyNames()));
    }

    private static Optional<String> value(ConfigurableEnvironment environment, String name) {
        return filesOf(environment)
                .map(source -> source.getProperty(name))
                .<String>mapMulti((value, sink) -> {
                    if (value != null) {
                        sink.accept(value.toString());
                    }
                })
                .findFirst();
    }

    private static Stream<EnumerablePropertySource<?>> filesOf(ConfigurableEnvironment environment) {
        return environment.getPropertySources().stream().<EnumerablePropertySource<?>>mapMulti((source, sink) -> {
            if (isFromFile(source) && source instanceof EnumerablePropertySource<?> file) {
                sink.accept(file);
            }
        });
    }

    private static boolean isFromFile(PropertySource<?> source) {
        return FROM_FILES.stream().anyMatch(source.getName()::startsWith);
    }

    private static Optional<Path> file(EnumerablePropertySource<?> source) {
        return Stream.of(source.getPropertyNames())
                .map(name -> file(OriginLookup.getOrigin(source, name)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Returns an empty value for a file in a jar, which cannot change. */
    private static Optional<Path> file(@Nullable Origin origin) {
        if (origin instanceof TextResourceOrigin text
                && text.getResource() != null
                && text.getResource().isFile()) {
            try {
                return Optional.of(
                        text.getResource().getFile().toPath().toAbsolutePath().normalize());
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
