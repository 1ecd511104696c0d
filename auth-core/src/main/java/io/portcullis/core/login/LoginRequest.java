package io.portcullis.core.login;

import io.portcullis.core.session.ClientInfo;

/** A user's name and password, as presented. */
public record LoginRequest(String username, String password, ClientInfo client) {
    @Override
    public String toString() {
        return "LoginRequest[username=" + username + ", client=" + client + "]";
    }
}
