package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Caches unpacked server programs between runs, in {@code ~/.cache/portcullis-testbed} or in the directory that {@code
 * PORTCULLIS_TESTBED_CACHE} names. An entry becomes visible under its name only when it is complete, so that several JVMs may
 * fill the cache at the same time.
 */
final class BinaryCache {
    private static final String UNFINISHED = ".unfinished-";
    private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

    private BinaryCache() {}

    /**
     * Returns the directory of an entry. If the entry does not exist, {@code filler} creates its content first.
     *
     * @param name names the content and its version; the content of an entry never changes
     */
    static Path entry(String name, Filler filler) {
        Path root = root();
        Path entry = root.resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        try {
            Files.createDirectories(root);
            removeAbandoned(root);
            Path unfinished = Files.createTempDirectory(root, UNFINISHED);
            try {
                filler.fill(unfinished);
                publish(unfinished, entry);
            } finally {
                delete(unfinished);
            }
            return entry;
        } catch (IOException e) {
            String message = "cannot unpack %s below %s (%s sets another directory): %s"
                    .formatted(name, root, Settings.variable(Settings.CACHE), e);
            throw new ServerStartException(message, e);
        }
    }

    private static Path root() {
        return Settings.find(Settings.CACHE)
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".cache", "portcullis-testbed"))
                .toAbsolutePath();
    }

    private static void publish(Path unfinished, Path entry) throws IOException {
        try {
            Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // If another JVM has published the same entry meanwhile, that entry is used.
            if (!Files.isDirectory(entry)) {
                throw e;
            }
        }
    }

    /** Removes unfinished entries of JVMs that were killed while unpacking. */
    private static void removeAbandoned(Path root) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED_AFTER);
        List<Path> entries;
        try (Stream<Path> stream = Files.list(root)) {
            entries = stream.filter(path -> path.getFileName().toString().startsWith(UNFINISHED))
                    .toList();
        }
        for (Path path : entries) {
            if (Files.exists(path)
                    && Files.getLastModifiedTime(path).toInstant().isBefore(limit)) {
                delete(path);
            }
        }
    }

    /** Deletes a file or a directory tree. Does nothing if it does not exist. */
    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Copies a directory with all its content. */
    static void copy(Path from, Path to) {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : (Iterable<Path>) tree::iterator) {
                Files.copy(source, to.resolve(from.relativize(source)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the content of an entry into an empty directory. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }
}
