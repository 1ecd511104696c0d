package io.portcullis.gateway.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of the watched files and of their directories at one look.
 *
 * @param files the state of each file
 * @param directories the state of each file's directory, which changes when a file is added to it or removed
 */
record FileStamps(Map<Path, Stamp> files, Map<Path, Stamp> directories) {
    static final FileStamps NONE = new FileStamps(Map.of(), Map.of());

    /** Two writes within this time may leave the same time of modification and the same size. */
    private static final Duration CLOCK_TICK = Duration.ofSeconds(2);

    FileStamps {
        files = Map.copyOf(files);
        directories = Map.copyOf(directories);
    }

    /**
     * The state of a file. A mounted ConfigMap changes by a symbolic link that leads to another directory, so the state has the real
     * path.
     *
     * @param realPath null if the file is gone
     */
    record Stamp(@Nullable Path realPath, Instant modified, long size) {
        private static final Stamp GONE = new Stamp(null, Instant.EPOCH, 0);

        private static Stamp of(Path path) {
            try {
                Path real = path.toRealPath();
                var attributes = Files.readAttributes(real, BasicFileAttributes.class);
                return new Stamp(real, attributes.lastModifiedTime().toInstant(), attributes.size());
            } catch (IOException e) {
                return GONE;
            }
        }
    }

    /** Looks at the files and their directories. Blocks. */
    static FileStamps of(Set<Path> files) {
        return new FileStamps(stamps(files.stream()), stamps(files.stream().map(Path::getParent)));
    }

    private static Map<Path, Stamp> stamps(Stream<Path> paths) {
        return paths.distinct().collect(Collectors.toMap(Function.identity(), Stamp::of));
    }

    /** Returns whether a file was modified so short a time before {@code now} that one more write may not change its state. */
    boolean areYoung(Instant now) {
        Instant limit = now.minus(CLOCK_TICK);
        return files.values().stream().anyMatch(stamp -> stamp.modified().isAfter(limit));
    }
}
