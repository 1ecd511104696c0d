package io.portcullis.core.login;

import io.portcullis.core.session.ClientInfo;
import java.util.Set;

/**
 * The username and password that a client presents. {@code toString} leaves out the password.
 *
 * @param replaces the ids of the sessions that the caller ends after the login, because the client held their tokens. They give way
 *     first if the user has too many sessions
 */
public record LoginRequest(String username, String password, ClientInfo client, Set<String> replaces) {
    public LoginRequest {
        replaces = Set.copyOf(replaces);
    }

    /** Creates the request of a client that held no session. */
    public LoginRequest(String username, String password, ClientInfo client) {
        this(username, password, client, Set.of());
    }

    @Override
    public String toString() {
        return "LoginRequest[username=" + username + ", client=" + client + "]";
    }
}
