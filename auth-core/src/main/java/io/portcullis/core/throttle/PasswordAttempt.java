package io.portcullis.core.throttle;

import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.session.AddressBlock;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.Identity;
import org.jspecify.annotations.Nullable;

/**
 * A presented username and password, and the data for the log entry of the check.
 *
 * @param type the type of the log entry: a login or a change of the password
 * @param tenantId the tenant to which the username belongs, where usernames are unique within a tenant only; otherwise null
 * @param session the caller's identity; null for a login
 */
public record PasswordAttempt(
        LoginLogType type,
        String username,
        @Nullable String tenantId,
        String password,
        ClientInfo client,
        @Nullable Identity session) {

    /** Returns the attempt of a login. */
    public static PasswordAttempt ofLogin(
            String username, @Nullable String tenantId, String password, ClientInfo client) {
        return new PasswordAttempt(LoginLogType.LOGIN, username, tenantId, password, client, null);
    }

    /** Returns the attempt of a caller who presents the current password in order to change it. */
    public static PasswordAttempt ofPasswordChange(
            Identity identity, @Nullable String tenantId, String currentPassword, ClientInfo client) {
        return new PasswordAttempt(
                LoginLogType.of(EndReason.PASSWORD_CHANGED),
                identity.username(),
                tenantId,
                currentPassword,
                client,
                identity);
    }

    /** Returns the block of addresses of the client, under which the attempt is counted. */
    public AddressBlock block() {
        return AddressBlock.of(client.ip());
    }

    @Nullable
    String sessionId() {
        return session == null ? null : session.sessionId();
    }

    @Nullable
    String actor() {
        return session == null ? null : session.userId();
    }

    @Override
    public String toString() {
        return "PasswordAttempt[type=" + type + ", username=" + username + "]";
    }
}
