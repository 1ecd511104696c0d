package io.portcullis.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The configuration files of the gateway's nodes, which tests change while the nodes run. */
final class ConfigurationFiles implements AutoCloseable {
    static final String APPLICATION = "application.yaml";
    static final String ROUTES = "routes.yaml";

    private static final String IMPORT = "spring.config.import: " + ROUTES + "\n";

    private final Path directory;
    private final String service;

    private ConfigurationFiles(Path directory, String service) {
        this.directory = directory;
        this.service = service;
    }

    /** Creates the files in a new directory, with two routes to the service. */
    static ConfigurationFiles of(String service) {
        try {
            var files = new ConfigurationFiles(Files.createTempDirectory("portcullis-clients"), service);
            files.restore();
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directory as {@code spring.config.additional-location} names it. */
    String location() {
        return "file:" + directory + "/";
    }

    /** Appends a text to the original content of a file. */
    void append(String name, String text) {
        replace(name, content(name) + text);
    }

    /** Restores the original content of both files. */
    void restore() {
        List.of(APPLICATION, ROUTES).forEach(name -> replace(name, content(name)));
    }

    private String content(String name) {
        return name.equals(APPLICATION) ? IMPORT : """
                spring.cloud.gateway.server.webflux.routes:
                  - id: pages
                    uri: %1$s
                    predicates: [Path=/pages/**]
                    metadata: {auth: none}
                  - id: api
                    uri: %1$s
                    predicates: [Path=/api/**]
                    metadata: {response-timeout: 120000, websocket: true}
                """.formatted(service);
    }

    /** Replaces a file in one step, so that no node reads half of it. */
    private void replace(String name, String content) {
        try {
            Path next = Files.writeString(directory.resolve(name + ".next"), content);
            Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (String name : List.of(APPLICATION, ROUTES)) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
