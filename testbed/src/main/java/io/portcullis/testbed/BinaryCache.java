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
 * Keeps what was unpacked, for the next start: below {@code ~/.cache/portcullis-testbed}, or where
 * {@code PORTCULLIS_TESTBED_CACHE} says. An entry appears under its name only when it is complete, so any number of
 * JVMs may fill the cache at the same time.
 */
final class BinaryCache {
    private static final String UNFINISHED = ".unfinished-";
    private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

    private BinaryCache() {}

    /**
     * The directory of that name, made by the filler if it is not there yet.
     *
     * @param name names the content with its version: an entry is never changed
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
            // Somebody else was faster; what they made is as good.
            if (!Files.isDirectory(entry)) {
                throw e;
            }
        }
    }

    /** Removes what JVMs left behind that were killed while they unpacked. */
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

    /** Copies a directory with all that is in it. */
    static void copy(Path from, Path to) {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : (Iterable<Path>) tree::iterator) {
                Files.copy(source, to.resolve(from.relativize(source)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts an entry's content into an empty directory. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }
}
