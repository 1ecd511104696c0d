package io.portcullis.bench.scenario;

import java.nio.file.Path;
import java.util.List;

/**
 * A way to start Portcullis.
 *
 * @param name as in the table
 * @param flags of the JVM, besides the usual
 */
public record StartVariant(String name, List<String> flags) {
    public StartVariant {
        flags = List.copyOf(flags);
    }

    /** With a cache of loaded and linked classes and profiles, from JDK 24 on. */
    public static StartVariant aot(Path cache) {
        return new StartVariant("AOT cache", List.of("-XX:AOTCache=" + cache));
    }

    /** With an archive of parsed classes. */
    public static StartVariant cds(Path archive) {
        return new StartVariant("CDS archive", List.of("-XX:SharedArchiveFile=" + archive));
    }
}
