package io.portcullis.core.login;

import io.portcullis.core.session.ClientInfo;

/** The username and password that a client presents. {@code toString} leaves out the password. */
public record LoginRequest(String username, String password, ClientInfo client) {
    @Override
    public String toString() {
        return "LoginRequest[username=" + username + ", client=" + client + "]";
    }
}
