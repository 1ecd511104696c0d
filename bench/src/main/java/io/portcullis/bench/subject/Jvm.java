package io.portcullis.bench.subject;

import io.portcullis.bench.world.Java;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The JVM configuration of all JVM subjects.
 *
 * @param flags the flags of every JVM
 * @param portcullisFlags additional flags for Portcullis only
 * @param portcullisArguments application arguments of Portcullis, such as {@code --portcullis.redis.command-timeout=1s}
 * @param portcullisJar the JAR to use instead of the one of this build, null for the latter
 */
public record Jvm(
        Java java,
        List<String> flags,
        List<String> portcullisFlags,
        List<String> portcullisArguments,
        @Nullable Path portcullisJar) {
    public Jvm {
        flags = List.copyOf(flags);
        portcullisFlags = List.copyOf(portcullisFlags);
        portcullisArguments = List.copyOf(portcullisArguments);
    }

    List<String> flags(Subject subject) {
        return subject == Subject.PORTCULLIS
                ? Stream.concat(flags.stream(), portcullisFlags.stream()).toList()
                : flags;
    }

    /** Returns this configuration with another JAR of Portcullis. */
    public Jvm withPortcullisJar(Path jar) {
        return new Jvm(java, flags, portcullisFlags, portcullisArguments, jar);
    }

    /** Returns this configuration with an additional application argument for Portcullis. */
    public Jvm withPortcullisArgument(String argument) {
        return new Jvm(
                java,
                flags,
                portcullisFlags,
                Stream.concat(portcullisArguments.stream(), Stream.of(argument)).toList(),
                portcullisJar);
    }

    /** Returns this configuration with additional flags for Portcullis. */
    public Jvm withPortcullisFlags(List<String> more) {
        return new Jvm(
                java,
                flags,
                Stream.concat(portcullisFlags.stream(), more.stream()).toList(),
                portcullisArguments,
                portcullisJar);
    }
}
