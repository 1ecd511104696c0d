package io.portcullis.core.login;

import io.portcullis.core.session.ClientInfo;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The username and password that a client presents. {@code toString} leaves out the password.
 *
 * @param tenantId the tenant that the client names, where usernames are unique within a tenant only; otherwise ignored
 * @param replaces the ids of the sessions that the caller ends after the login, because the client held their tokens. They give way
 *     first if the user has too many sessions
 */
public record LoginRequest(
        String username, @Nullable String tenantId, String password, ClientInfo client, Set<String> replaces) {
    public LoginRequest {
        replaces = Set.copyOf(replaces);
    }

    /** Creates a request that names no tenant. */
    public LoginRequest(String username, String password, ClientInfo client, Set<String> replaces) {
        this(username, null, password, client, replaces);
    }

    /** Creates the request of a client that held no session, and that names no tenant. */
    public LoginRequest(String username, String password, ClientInfo client) {
        this(username, password, client, Set.of());
    }

    @Override
    public String toString() {
        return "LoginRequest[username=" + username + ", client=" + client + "]";
    }
}
