package io.portcullis.core.audit;

import io.portcullis.core.session.EndReason;
import java.util.List;
import java.util.stream.Stream;

/** What happened: a login, or the end of a session for one of the {@link EndReason}s. The name is stored: never rename one. */
public final class LoginLogType {
    public static final LoginLogType LOGIN = new LoginLogType("LOGIN");
    /** Stands for what a later release has logged and this one does not know; never stored. */
    public static final LoginLogType OTHER = new LoginLogType("OTHER");

    private static final List<LoginLogType> ALL = Stream.of(
                    Stream.of(LOGIN),
                    Stream.of(EndReason.values()).map(reason -> new LoginLogType(reason.name())),
                    Stream.of(OTHER))
            .flatMap(types -> types)
            .toList();

    private final String name;

    private LoginLogType(String name) {
        this.name = name;
    }

    /** All types. */
    public static List<LoginLogType> values() {
        return ALL;
    }

    /** The type of that name, {@code OTHER} for one that this release does not know. */
    public static LoginLogType ofName(String name) {
        return ALL.stream().filter(type -> type.name.equals(name)).findFirst().orElse(OTHER);
    }

    /** The entry that reports the end of a session. */
    public static LoginLogType of(EndReason reason) {
        return ofName(reason.name());
    }

    /** The text that is stored. */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
