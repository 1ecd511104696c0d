package io.portcullis.bench.subject;

import io.portcullis.bench.world.Java;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How subjects on the JVM are run, all of them alike.
 *
 * @param flags of every JVM
 * @param portcullisFlags besides, for Portcullis alone
 * @param portcullisArguments of Portcullis itself, such as {@code --portcullis.redis.command-timeout=1s}
 * @param portcullisJar in place of this build's; null for that
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

    /** The same with the gateway in that jar. */
    public Jvm withPortcullisJar(Path jar) {
        return new Jvm(java, flags, portcullisFlags, portcullisArguments, jar);
    }

    /** The same with more flags for Portcullis. */
    public Jvm withPortcullisFlags(List<String> more) {
        return new Jvm(
                java,
                flags,
                Stream.concat(portcullisFlags.stream(), more.stream()).toList(),
                portcullisArguments,
                portcullisJar);
    }
}
