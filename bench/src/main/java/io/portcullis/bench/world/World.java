package io.portcullis.bench.world;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The environment that all subjects share.
 *
 * @param directory the directory for files and logs
 */
public record World(Path directory, Artifacts artifacts, Stores stores, LiveTokens tokens, Upstream upstream)
        implements AutoCloseable {
    /** Starts the stores and the upstream service. */
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

    /** Returns a subdirectory, and creates it if it is missing. */
    public Path subdirectory(String name) {
        return subdirectory(directory, name);
    }

    private static Path newDirectory() {
        try {
            Path directory = Files.createTempDirectory("portcullis-bench-");
            // The hook also deletes the directory if the run is interrupted.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "delete-files"));
            return directory;
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
        delete(directory);
    }

    /** Deletes a directory as far as possible; running processes may still write to it. */
    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(World::delete);
        } catch (IOException | UncheckedIOException e) {
            // The file has already been deleted.
        }
    }

    private static void delete(File file) {
        var unused = file.delete();
    }
}
