package io.portcullis.core.login;

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
 * @param session the caller's identity; null for a login
 */
record PasswordAttempt(
        LoginLogType type,
        String username,
        String password,
        ClientInfo client,
        @Nullable Identity session) {

    static PasswordAttempt ofLogin(LoginRequest request) {
        return new PasswordAttempt(LoginLogType.LOGIN, request.username(), request.password(), request.client(), null);
    }

    static PasswordAttempt ofPasswordChange(Identity who, String current, ClientInfo client) {
        return new PasswordAttempt(LoginLogType.of(EndReason.PASSWORD_CHANGED), who.username(), current, client, who);
    }

    AddressBlock block() {
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
