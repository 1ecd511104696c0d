package io.portcullis.bench.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What all subjects share.
 *
 * @param directory for files and logs
 */
public record World(Path directory, Artifacts artifacts, Stores stores, LiveTokens tokens, Upstream upstream)
        implements AutoCloseable {
    /** Starts the stores and the service behind the subjects. */
    public static World start() {
        Path directory = newDirectory();
        Stores stores = Stores.start();
        try {
            Upstream upstream = Upstream.start(subdirectory(directory, "upstream"));
            return new World(directory, Artifacts.find(), stores, new LiveTokens(stores, directory), upstream);
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    /** A directory of that name, made if it is missing. */
    public Path subdirectory(String name) {
        return subdirectory(directory, name);
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("portcullis-bench-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path subdirectory(Path parent, String name) {
        try {
            return Files.createDirectories(parent.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        upstream.close();
        stores.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
