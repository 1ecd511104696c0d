package io.portcullis.core.audit;

import io.portcullis.core.session.EndReason;
import java.util.List;
import java.util.stream.Stream;

/**
 * The type of a logged event: a login, the end of a session for one of the {@link EndReason}s, or a change of an
 * account. MySQL stores the name, so no type may be renamed.
 *
 * <p>The types of the reasons {@code ACCOUNT_DISABLED}, {@code ACCOUNT_DELETED}, {@code PASSWORD_CHANGED} and
 * {@code ROLES_CHANGED} are also those of the change itself. The entry of the change has no session, and each session
 * that the change ended has an entry of its own.
 */
public final class LoginLogType {
    public static final LoginLogType LOGIN = new LoginLogType("LOGIN");
    public static final LoginLogType ACCOUNT_CREATED = new LoginLogType("ACCOUNT_CREATED");
    public static final LoginLogType ACCOUNT_ENABLED = new LoginLogType("ACCOUNT_ENABLED");
    /** An administrator set a new password. A change by the user is {@code PASSWORD_CHANGED}. */
    public static final LoginLogType PASSWORD_RESET = new LoginLogType("PASSWORD_RESET");

    public static final LoginLogType CLIENT_CREATED = new LoginLogType("CLIENT_CREATED");
    /** An administrator changed an OAuth 2 client or its secrets. */
    public static final LoginLogType CLIENT_CHANGED = new LoginLogType("CLIENT_CHANGED");

    public static final LoginLogType CLIENT_DELETED = new LoginLogType("CLIENT_DELETED");
    /** A new key that signs tokens was made. */
    public static final LoginLogType TOKEN_KEY_ROTATED = new LoginLogType("TOKEN_KEY_ROTATED");
    /** A key was dropped: its tokens are refused from then on. */
    public static final LoginLogType TOKEN_KEY_DROPPED = new LoginLogType("TOKEN_KEY_DROPPED");

    /** Represents a stored value of a later release. Never stored itself. */
    public static final LoginLogType OTHER = new LoginLogType("OTHER");

    private static final List<LoginLogType> ALL = Stream.of(
                    Stream.of(LOGIN),
                    Stream.of(EndReason.values())
                            .map(EndReason::logName)
                            .distinct()
                            .map(LoginLogType::new),
                    Stream.of(ACCOUNT_CREATED, ACCOUNT_ENABLED, PASSWORD_RESET),
                    Stream.of(CLIENT_CREATED, CLIENT_CHANGED, CLIENT_DELETED),
                    Stream.of(TOKEN_KEY_ROTATED, TOKEN_KEY_DROPPED),
                    Stream.of(OTHER))
            .flatMap(types -> types)
            .toList();

    private final String name;

    private LoginLogType(String name) {
        this.name = name;
    }

    /** Returns all types, {@link #OTHER} included. */
    public static List<LoginLogType> values() {
        return ALL;
    }

    /** Returns the types that this release stores: all but {@link #OTHER}. */
    public static List<LoginLogType> known() {
        return ALL.stream().filter(type -> type != OTHER).toList();
    }

    /** Returns the type with this name, or {@code OTHER} for a name that this release does not define. */
    public static LoginLogType ofName(String name) {
        return ALL.stream().filter(type -> type.name.equals(name)).findFirst().orElse(OTHER);
    }

    /** Returns the type that reports the end of a session for this reason, or the change of an account with this effect. */
    public static LoginLogType of(EndReason reason) {
        return ofName(reason.logName());
    }

    /** Returns the name under which MySQL stores the type. */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
